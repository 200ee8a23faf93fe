//! The connections, and what each waits for. A newcomer always finds a seat while any connection merely waits: the one
//! that has waited longest is closed, first one of an address that has many.
//!
//! So a flood of half requests closes itself: each of its connections is older than the webhook that comes after them.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::limits::Limits;
use super::seat::{Doing, Seat, millis};
use crate::metrics;

/// So many connections of one address that wait are a crowd, and go first.
const CROWD: usize = 64;
/// A connection that has waited for less than this, in milliseconds, may just have come with a request.
const YOUNG: u64 = 1000;
/// How often it is told that all seats are taken, in milliseconds.
const TELL_EVERY: u64 = 10_000;
/// An address is looked at whenever it has gained so many connections.
const STEP: usize = 64;

/// Whose connections are counted together: one IPv4 address, or one network of IPv6, of which a customer has 2^64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Network {
    One(Ipv4Addr),
    Sixty4([u16; 4]),
}

impl Network {
    fn of(peer: IpAddr) -> Self {
        match peer.to_canonical() {
            IpAddr::V4(one) => Network::One(one),
            IpAddr::V6(one) => Network::Sixty4(first_half(one)),
        }
    }
}

fn first_half(address: Ipv6Addr) -> [u16; 4] {
    let [a, b, c, d, ..] = address.segments();
    [a, b, c, d]
}

#[derive(Debug)]
struct Taken {
    seat: Arc<Seat>,
    network: Network,
    /// Dropped with this entry, which cuts the connection.
    _cut: oneshot::Sender<()>,
}

#[derive(Debug, Default)]
struct Room {
    next: u64,
    /// When it is told again that all seats are taken, in milliseconds of the epoch.
    quiet_until: u64,
    taken: BTreeMap<u64, Taken>,
    networks: HashMap<Network, usize>,
}

/// All seats.
#[derive(Debug)]
pub(super) struct Seats {
    epoch: Instant,
    most: usize,
    of_one: usize,
    room: Mutex<Room>,
}

/// A connection's own hold on its seat: given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    id: u64,
    seats: Arc<Seats>,
    pub(super) seat: Arc<Seat>,
    /// Ends when the seat is needed for somebody else.
    pub(super) cut: oneshot::Receiver<()>,
}

impl Seats {
    pub(super) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Seats {
            epoch: Instant::now(),
            most: limits.connections,
            of_one: limits.of_one,
            room: Mutex::default(),
        })
    }

    fn room(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A seat for somebody who comes from `peer`; none if everybody who has one is being answered.
    pub(super) fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let now = millis(self.epoch.elapsed());
        let network = Network::of(peer);
        let mut room = self.room();
        if !room.has_a_seat(now, self.most) {
            metrics::connection_closed("full");
            return None;
        }
        let of_one = room.networks.get(&network).copied().unwrap_or(0);
        if of_one > self.of_one && of_one.is_multiple_of(STEP) {
            room.thin_out(network, now, self.of_one);
        }
        let (cut, when_cut) = oneshot::channel();
        let seat = Arc::new(Seat::new(self.epoch));
        let id = room.next;
        room.next += 1;
        room.taken.insert(id, Taken { seat: Arc::clone(&seat), network, _cut: cut });
        *room.networks.entry(network).or_default() += 1;
        Some(Place { id, seats: Arc::clone(self), seat, cut: when_cut })
    }

    /// No file is left for a newcomer: those who wait longest go.
    pub(super) fn make_way(&self) {
        let now = millis(self.epoch.elapsed());
        self.room().make_way(now, self.most);
    }

    /// Cuts everybody off.
    pub(super) fn clear(&self) {
        let mut room = self.room();
        room.taken.clear();
        room.networks.clear();
    }
}

impl Room {
    fn remove(&mut self, id: u64) {
        let Some(taken) = self.taken.remove(&id) else { return };
        if let Some(count) = self.networks.get_mut(&taken.network) {
            *count -= 1;
            if *count == 0 {
                self.networks.remove(&taken.network);
            }
        }
    }

    /// Makes way for a newcomer where all seats are taken; whether there is one.
    fn has_a_seat(&mut self, now: u64, most: usize) -> bool {
        if self.taken.len() < most {
            return true;
        }
        if now >= self.quiet_until {
            self.quiet_until = now + TELL_EVERY;
            tracing::warn!(
                most,
                "all connections are taken; those that only wait are ended, the longest waiting first"
            );
        }
        self.make_way(now, most) > 0
    }

    /// Cuts off who has waited longest, a thirty-second of all seats where there are so many, so that a flood is looked
    /// through seldom. How many that were.
    fn make_way(&mut self, now: u64, most: usize) -> usize {
        let mut crowds: HashMap<Network, usize> = HashMap::new();
        for taken in self.taken.values().filter(|taken| taken.seat.waits().is_some()) {
            *crowds.entry(taken.network).or_default() += 1;
        }
        let mut order: Vec<(u8, u64, u64)> = Vec::new();
        for (id, taken) in &self.taken {
            let crowded = crowds.get(&taken.network).is_some_and(|count| *count > CROWD);
            order.extend(rank(&taken.seat, crowded, now).map(|(class, since)| (class, since, *id)));
        }
        order.sort_unstable();
        // Of those who may be in the middle of something, one is enough.
        let idle = order.iter().take_while(|(class, ..)| *class <= 1).count();
        let going = idle.min((most / 32).max(1)).max(usize::from(!order.is_empty()));
        for (.., id) in order.into_iter().take(going) {
            self.remove(id);
            metrics::connection_closed("full");
        }
        going
    }

    /// Cuts off those of one network who have waited longest, down to what one may have.
    fn thin_out(&mut self, network: Network, now: u64, most: usize) {
        let mut waiting: Vec<(u64, u64)> = Vec::new();
        for (id, taken) in self.taken.iter().filter(|(_, taken)| taken.network == network) {
            let since = taken.seat.waits().filter(|since| now.saturating_sub(*since) >= YOUNG);
            waiting.extend(since.map(|since| (since, *id)));
        }
        waiting.sort_unstable();
        let over = waiting.len().saturating_sub(most);
        for (_, id) in waiting.into_iter().take(over) {
            self.remove(id);
            metrics::connection_closed("address");
        }
    }
}

/// In which order seats are taken away, and since when each is waited for; `None` for a connection that is being answered.
fn rank(seat: &Seat, crowded: bool, now: u64) -> Option<(u8, u64)> {
    let Some(since) = seat.waits() else {
        let streams = seat.doing() == Doing::Stream;
        return streams.then(|| (2, seat.since()));
    };
    let class = match now.saturating_sub(since) {
        // A carrier would have to connect anew, and its next text would wait for that.
        _ if seat.is_proven() && seat.doing() == Doing::Idle => 2,
        _ if crowded => 0,
        YOUNG.. => 1,
        _ => 3,
    };
    Some((class, since))
}

impl Drop for Place {
    fn drop(&mut self) {
        self.seats.room().remove(self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats(most: usize, of_one: usize) -> Arc<Seats> {
        Seats::new(&Limits { connections: most, of_one, ..Limits::of(&rocket::Config::default(), 1024) })
    }

    fn from(n: usize) -> IpAddr {
        IpAddr::from([192, 0, 2, u8::try_from(n).unwrap()])
    }

    fn is_cut(place: &mut Place) -> bool {
        place.cut.try_recv() == Err(oneshot::error::TryRecvError::Closed)
    }

    fn since(place: &Place, doing: Doing, at: u64) {
        place.seat.has_done(doing, at);
    }

    fn cut_of(all: &mut [Place]) -> Vec<usize> {
        all.iter_mut().enumerate().filter_map(|(n, place)| is_cut(place).then_some(n)).collect()
    }

    #[tokio::test]
    async fn whoever_has_waited_longest_goes_and_nobody_who_is_being_answered() {
        let seats = seats(5, 512);
        let mut all: Vec<Place> = (0..5).map(|n| seats.take(from(n)).unwrap()).collect();
        for (place, (doing, at)) in all.iter().zip([
            (Doing::Work, 0),
            (Doing::Stream, 1),
            (Doing::Idle, 4000),
            (Doing::Body, 3000),
            (Doing::Head, 2000),
        ]) {
            since(place, doing, at);
        }
        let mut order = Vec::new();
        for _ in 0..4 {
            seats.room().make_way(9000, 5);
            let gone = cut_of(&mut all);
            order.extend(gone.iter().find(|n| !order.contains(*n)).copied().into_iter());
        }
        assert_eq!(order, [4, 3, 2, 1]);
        assert_eq!(seats.room().make_way(9000, 5), 0, "whoever is being answered stays");
        assert!(!is_cut(&mut all[0]));
    }

    #[tokio::test]
    async fn a_newcomer_is_only_refused_when_everybody_is_being_answered() {
        let seats = seats(2, 512);
        let mut all: Vec<Place> = (0..2).map(|n| seats.take(from(n)).unwrap()).collect();
        since(&all[0], Doing::Work, 0);
        since(&all[1], Doing::Work, 0);
        assert!(seats.take(from(9)).is_none());
        since(&all[1], Doing::Stream, 0);
        assert!(seats.take(from(9)).is_some());
        assert!(is_cut(&mut all[1]));
        drop(all);
        assert!(seats.room().taken.is_empty() && seats.room().networks.is_empty());
    }

    #[tokio::test]
    async fn a_crowd_goes_before_older_ones_who_come_alone_and_before_streams() {
        let seats = seats(200, 512);
        let mut alone = seats.take(from(1)).unwrap();
        let mut stream = seats.take(from(1)).unwrap();
        since(&alone, Doing::Idle, 0);
        since(&stream, Doing::Stream, 0);
        let mut crowd: Vec<Place> = (0..100).map(|_| seats.take(from(2)).unwrap()).collect();
        for (n, place) in crowd.iter().enumerate() {
            since(place, Doing::Head, 5000 + n as u64);
        }
        assert_eq!(seats.room().make_way(5200, 200), 6);
        assert_eq!(cut_of(&mut crowd), (0..6).collect::<Vec<_>>());
        assert!(!is_cut(&mut alone) && !is_cut(&mut stream));
    }

    #[tokio::test]
    async fn a_connection_that_brought_a_webhook_outlasts_others_that_are_idle() {
        let seats = seats(2, 512);
        let mut carrier = seats.take(from(1)).unwrap();
        let mut other = seats.take(from(2)).unwrap();
        since(&carrier, Doing::Idle, 0);
        carrier.seat.proves_itself();
        since(&other, Doing::Idle, 4000);
        seats.room().make_way(9000, 2);
        assert!(is_cut(&mut other) && !is_cut(&mut carrier));
    }

    #[tokio::test]
    async fn an_answer_that_nobody_reads_is_waiting_too() {
        let seats = seats(1, 512);
        let mut slow = seats.take(from(1)).unwrap();
        since(&slow, Doing::Work, 0);
        slow.seat.is_unread(true);
        assert!(seats.take(from(2)).is_some());
        assert!(is_cut(&mut slow));
    }

    #[tokio::test]
    async fn one_network_keeps_no_more_waiting_than_it_may_have() {
        let seats = seats(1000, 100);
        let peer = |n: u64| IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, u16::try_from(n).unwrap()]);
        let mut all: Vec<Place> = (0..150).map(|n| seats.take(peer(n)).unwrap()).collect();
        for (n, place) in all.iter().enumerate() {
            since(place, if n < 10 { Doing::Work } else { Doing::Head }, n as u64);
        }
        seats.room().thin_out(Network::of(peer(0)), 9000, 100);
        assert_eq!(cut_of(&mut all), (10..50).collect::<Vec<_>>());
        let mapped: IpAddr = "::ffff:192.0.2.1".parse().unwrap();
        assert_eq!(Network::of(mapped), Network::of(from(1)));
        assert_ne!(Network::of("2001:db8:0:2::1".parse().unwrap()), Network::of(peer(1)));
    }
}
