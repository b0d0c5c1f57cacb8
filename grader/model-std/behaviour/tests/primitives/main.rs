//! What each primitive does, a file for each of them.

mod condvar;
mod exclusive;
mod limits;
mod litmus;
mod locals;
mod modification_orders;
mod mpsc;
mod mpsc_back;
mod mutex;
mod observed;
mod once;
mod others;
mod pools;
mod roles;
mod rwlock;
mod sampling;
mod steps;
mod system_time;
mod threads;
mod time;
