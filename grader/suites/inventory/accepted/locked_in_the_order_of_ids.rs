//! Fixture: shelves in `Arc`s with ids, locked in the order of these: the last shelf first.

use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfStock;

impl fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of stock")
    }
}

impl Error for OutOfStock {}

struct Labelled {
    id: usize,
    stock: Mutex<u32>,
}

type Shelf = Arc<Labelled>;

pub struct Inventory {
    shelves: Box<[Shelf]>,
}

fn open(shelf: &Shelf) -> MutexGuard<'_, u32> {
    shelf.stock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inventory {
    pub fn new(stock: &[u32]) -> Self {
        let count = stock.len();
        let label =
            |(number, &stock)| Arc::new(Labelled { id: 2 * (count - number), stock: Mutex::new(stock) });
        Inventory { shelves: stock.iter().enumerate().map(label).collect() }
    }

    pub fn shelves(&self) -> usize {
        self.shelves.len()
    }

    pub fn stock(&self, shelf: usize) -> u32 {
        *open(self.shelf(shelf))
    }

    pub fn update_stock(&self, shelf: usize, amount: i32) -> Result<u32, OutOfStock> {
        let mut stock = open(self.shelf(shelf));
        match stock.checked_add_signed(amount) {
            Some(sum) => {
                *stock = sum;
                Ok(sum)
            }
            None if amount < 0 => Err(OutOfStock),
            None => {
                drop(stock);
                panic!("shelf {shelf} is full")
            }
        }
    }

    pub fn update_with<R>(&self, shelf: usize, change: impl FnOnce(&mut u32) -> R) -> R {
        change(&mut *open(self.shelf(shelf)))
    }

    pub fn transfer(&self, from: usize, to: usize, amount: u32) -> Result<(), OutOfStock> {
        let (from, to) = (self.shelf(from), self.shelf(to));
        if Arc::ptr_eq(from, to) {
            return (*open(from) >= amount).then_some(()).ok_or(OutOfStock);
        }
        let (mut source, mut target);
        if from.id < to.id {
            source = open(from);
            target = open(to);
        } else {
            target = open(to);
            source = open(from);
        }
        let less = source.checked_sub(amount).ok_or(OutOfStock)?;
        let more = target.checked_add(amount).expect("the target is full");
        (*source, *target) = (less, more);
        Ok(())
    }

    pub fn total(&self) -> u64 {
        let mut shelves: Vec<&Shelf> = self.shelves.iter().collect();
        shelves.sort_by_key(|shelf| shelf.id);
        let guards: Vec<_> = shelves.into_iter().map(open).collect();
        guards.iter().map(|stock| u64::from(**stock)).sum()
    }

    fn shelf(&self, number: usize) -> &Shelf {
        self.shelves.get(number).unwrap_or_else(|| panic!("shelf {number}? there is none"))
    }
}
