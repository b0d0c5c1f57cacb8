//! Keys, as they are pressed.

use std::sync::mpsc::Sender;
use std::thread;

use crossterm::event::{self, Event};

use super::News;
use crate::keys::Key;

/// Sends keys and changes of the terminal's size. The thread ends with the program: it waits in a read.
pub(super) fn read_in_background(news: Sender<News>) {
    thread::spawn(move || {
        while let Ok(event) = event::read() {
            let heard = match event {
                Event::Key(key) => Key::of(key).map(News::Pressed),
                Event::Resize(..) => Some(News::Resized),
                // The mouse, the focus, and pasted text.
                _ => None,
            };
            if let Some(heard) = heard
                && news.send(heard).is_err()
            {
                return;
            }
        }
    });
}
