//! The channel on Windows, where standard input carries one way only: a connection to the grader, which waits for it on
//! a port of this machine. Standard input says which port, and a word that only its reader can know.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};

pub(crate) type Channel = TcpStream;

/// Connects. Nothing is left to read from standard input.
pub(super) fn open() -> io::Result<Channel> {
    let mut invitation = String::new();
    io::stdin().lock().read_to_string(&mut invitation)?;
    let (port, word) = invitation.trim().split_once(' ').ok_or(io::ErrorKind::InvalidData)?;
    let port: u16 = port.parse().map_err(io::Error::other)?;
    let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    writeln!(connection, "{word}")?;
    Ok(connection)
}

pub(super) fn read(mut channel: &Channel, buffer: &mut [u8]) -> io::Result<usize> {
    channel.read(buffer)
}
