//! Fixture: `lock().unwrap()`, and every guard is dropped before a panic.

use std::error::Error;
use std::fmt;
use std::sync::Mutex;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfStock;

impl fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of stock")
    }
}

impl Error for OutOfStock {}

pub struct Inventory {
    stock: Vec<Mutex<u32>>,
}

/// How a critical section ended.
enum End {
    Moved,
    TooLittle,
    NoRoom,
}

impl Inventory {
    pub fn new(stock: &[u32]) -> Self {
        let mut shelves = Vec::new();
        for items in stock {
            shelves.push(Mutex::new(*items));
        }
        Inventory { stock: shelves }
    }

    pub fn shelves(&self) -> usize {
        self.stock.len()
    }

    pub fn stock(&self, shelf: usize) -> u32 {
        let guard = self.stock[shelf].lock().unwrap();
        *guard
    }

    pub fn update_stock(&self, shelf: usize, amount: i32) -> Result<u32, OutOfStock> {
        let outcome = {
            let mut guard = self.stock[shelf].lock().unwrap();
            let wanted = *guard as i64 + amount as i64;
            if (0..=u32::MAX as i64).contains(&wanted) {
                *guard = wanted as u32;
            }
            wanted
        };
        if outcome < 0 {
            Err(OutOfStock)
        } else if outcome > u32::MAX as i64 {
            panic!("overflow on shelf {shelf}");
        } else {
            Ok(outcome as u32)
        }
    }

    pub fn update_with<R>(&self, shelf: usize, change: impl FnOnce(&mut u32) -> R) -> R {
        let mut guard = self.stock[shelf].lock().unwrap();
        change(&mut guard)
    }

    pub fn transfer(&self, from: usize, to: usize, amount: u32) -> Result<(), OutOfStock> {
        let last = std::cmp::max(from, to);
        if last >= self.stock.len() {
            panic!("shelf {last} does not exist");
        }
        let end = if from == to {
            if *self.stock[from].lock().unwrap() < amount { End::TooLittle } else { End::Moved }
        } else if from < to {
            let mut source = self.stock[from].lock().unwrap();
            let mut target = self.stock[to].lock().unwrap();
            move_items(&mut source, &mut target, amount)
        } else {
            let mut target = self.stock[to].lock().unwrap();
            let mut source = self.stock[from].lock().unwrap();
            move_items(&mut source, &mut target, amount)
        };
        match end {
            End::Moved => Ok(()),
            End::TooLittle => Err(OutOfStock),
            End::NoRoom => panic!("overflow on shelf {to}"),
        }
    }

    pub fn total(&self) -> u64 {
        let mut guards = Vec::with_capacity(self.stock.len());
        for shelf in &self.stock {
            guards.push(shelf.lock().unwrap());
        }
        let mut sum = 0;
        for guard in &guards {
            sum += **guard as u64;
        }
        sum
    }
}

fn move_items(source: &mut u32, target: &mut u32, amount: u32) -> End {
    if *source < amount {
        return End::TooLittle;
    }
    if u32::MAX - *target < amount {
        return End::NoRoom;
    }
    *source -= amount;
    *target += amount;
    End::Moved
}
