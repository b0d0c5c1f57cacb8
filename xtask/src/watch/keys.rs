//! Keys, as the session understands them.

use std::sync::mpsc::Sender;
use std::thread;

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::News;

/// A key that means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Letter(char),
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    Escape,
    /// Ctrl-C, which is a key like others in a raw terminal.
    Interrupt,
}

impl Key {
    fn of(event: KeyEvent) -> Option<Self> {
        // Windows tells of releases, too.
        if event.kind == KeyEventKind::Release {
            return None;
        }
        Some(match event.code {
            KeyCode::Char('c') if event.modifiers.contains(KeyModifiers::CONTROL) => Self::Interrupt,
            KeyCode::Char(letter) => Self::Letter(letter.to_ascii_lowercase()),
            KeyCode::Up => Self::Up,
            KeyCode::Down => Self::Down,
            KeyCode::Left => Self::Left,
            KeyCode::Right => Self::Right,
            KeyCode::PageUp => Self::PageUp,
            KeyCode::PageDown => Self::PageDown,
            KeyCode::Home => Self::Home,
            KeyCode::End => Self::End,
            KeyCode::Esc => Self::Escape,
            // There are many more keys.
            _ => return None,
        })
    }
}

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
