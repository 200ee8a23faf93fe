//! What years, crowds and dying processes have made of the pool of masks.

use super::super::House;

impl House {
    /// The process died between the carrier's answer and the commit, so that nobody wrote down what was bought.
    pub async fn purchases_were_not_written_down(&self) {
        self.sets("DELETE FROM numbers WHERE role = 'mask'").await;
        self.sets("UPDATE pool_orders SET state = 'open', ended_at = NULL, due_at = 0").await;
    }

    /// The database is that of a backup from before the first masks were ordered.
    pub async fn is_as_before_its_purchases(&self) {
        self.sets("DELETE FROM pool_orders").await;
        self.sets("DELETE FROM events").await;
        self.sets("DELETE FROM numbers WHERE role = 'mask'").await;
    }

    /// All masks are free again, on the same day.
    pub async fn all_masks_are_free(&self) {
        self.sets("UPDATE legs SET ended_at = 1, rests_until = 2 WHERE role = 'rep'").await;
    }

    /// So many phones have a live leg on the first mask, had another there before, and rest on the last mask.
    pub async fn crowd_has_masks(&self, phones: u32) {
        self.sets(&format!(
            "INSERT INTO legs (id, conversation_id, role, phone, number_id, opened_at, ended_at, rests_until) \
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {phones}) \
             SELECT 1000000 + 3 * n.i + k.k, (SELECT MIN(id) FROM conversations), 'party', \
               '+1505' || CAST(5600000 + n.i AS TEXT), \
               (SELECT CASE WHEN k.k = 2 THEN MAX(id) ELSE MIN(id) END FROM numbers WHERE role = 'mask'), \
               1, CASE WHEN k.k > 0 THEN 2 END, CASE WHEN k.k > 0 THEN 9000000000000000 END \
             FROM n CROSS JOIN (SELECT 0 AS k UNION ALL SELECT 1 UNION ALL SELECT 2) k"
        ))
        .await;
    }

    /// On a day, counted from 1970, the busiest phone of the US had so many of five masks.
    pub async fn had_peak(&self, day: i64, peak: i64) {
        self.sets(&format!(
            "INSERT INTO pool_peaks (day, country, peak, latest, phones, taken, masks, low, measured_at) \
             VALUES ({day}, 'US', {peak}, {peak}, 1, {peak}, 5, 0, 0)"
        ))
        .await;
    }
}
