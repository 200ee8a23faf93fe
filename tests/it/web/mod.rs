//! Pages, as people have them in a browser.

mod acts;
pub mod browser;
mod contacts;
mod desk;
mod details;
mod forms;
mod guards;
mod inbox;
mod line_pages;
mod lines;
mod list;
pub mod live;
mod pages;
mod pairs;
mod sessions;
