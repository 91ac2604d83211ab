//! Prints a page, then what becomes of a connection to a port where nothing listens: `reqwest-client URL URL`.
use std::error::Error;

fn io_error<'a>(mut error: &'a (dyn Error + 'static)) -> Option<&'a std::io::Error> {
    loop {
        if let Some(found) = error.downcast_ref::<std::io::Error>() {
            if found.raw_os_error().is_some() {
                return Some(found);
            }
        }
        error = error.source()?;
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let urls: Vec<String> = std::env::args().skip(1).collect();
    print!("{}", reqwest::blocking::get(&urls[0])?.text()?);
    let failed = reqwest::blocking::get(&urls[1]).expect_err("nothing listens there");
    match io_error(&failed).map(std::io::Error::kind) {
        Some(std::io::ErrorKind::ConnectionRefused) => println!("refused"),
        _ => println!("{failed:?}"),
    }
    Ok(())
}
