//! A stream opened: counted as it is stored, and decompressed where it is compressed, whatever its name says.

use std::fs::File;
use std::io::{self, Chain, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::find::Input;

/// So much of a stream is looked at to find out its form.
const HEAD: usize = 64 << 10;

/// The largest window of a zstd frame, which is held in memory: twice what every decoder should take (RFC 8878,
/// 3.1.1.1.2) and what `zstd` makes up to its level 19.
const WINDOW: u64 = 16 << 20;

/// Programs on Windows begin a text with it, and it is none of the text (RFC 8259, 8.1).
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A stream, and how it begins; the beginning is still in it.
pub(crate) struct Opened {
    pub(crate) reader: Box<dyn Read + Send>,
    pub(crate) head: Vec<u8>,
}

/// Opens an input. Bytes that are read of it, as it is stored, are added to `read`.
pub(crate) fn open(input: &Input, read: &Arc<AtomicU64>) -> io::Result<Opened> {
    let source: Box<dyn Read + Send> =
        if input.is_stdin { Box::new(io::stdin()) } else { Box::new(File::open(&input.path)?) };
    let counting = Counting { source, read: Arc::clone(read) };
    let (magic, stored) = peek(counting, |head| head.len() >= 4)?;
    let mut reader: Box<dyn Read + Send> = if magic.starts_with(&[0x1F, 0x8B]) {
        Box::new(MultiGzDecoder::new(stored))
    } else if is_zstd(&magic) {
        Box::new(Frames { state: State::Between(stored) })
    } else {
        Box::new(stored)
    };
    // A stream that comes slowly is not waited for longer than for its first line.
    let mut head = vec![0; HEAD];
    let mut filled = 0;
    while filled < HEAD && !head[..filled].contains(&b'\n') {
        match reader.read(&mut head[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // It is told where it stands: after what could be read.
            Err(error) => {
                head.truncate(filled);
                let failed = Failing(Some(error));
                return Ok(Opened { reader: Box::new(Cursor::new(head.clone()).chain(failed)), head });
            }
        }
    }
    head.truncate(filled);
    if head.starts_with(BYTE_ORDER_MARK) {
        head.drain(..BYTE_ORDER_MARK.len());
    }
    Ok(Opened { reader: Box::new(Cursor::new(head.clone()).chain(reader)), head })
}

/// A zstd frame, or one to be skipped (RFC 8878, 3.1).
fn is_zstd(magic: &[u8]) -> bool {
    let magic = magic.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
    magic == 0xFD2F_B528 || magic & 0xFFFF_FFF0 == 0x184D_2A50
}

type Stored = Chain<Cursor<Vec<u8>>, Counting>;

/// The first bytes, and the stream with them. Of a stream that is shorter all of them.
fn peek(mut source: Counting, enough: impl Fn(&[u8]) -> bool) -> io::Result<(Vec<u8>, Stored)> {
    let mut head = Vec::new();
    let mut chunk = [0; 4096];
    while !enough(&head) {
        match source.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => head.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok((head.clone(), Cursor::new(head).chain(source)))
}

/// Counts what is read.
struct Counting {
    source: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.read.fetch_add(u64::try_from(count).unwrap_or(0), Ordering::Relaxed);
        Ok(count)
    }
}

/// Fails once, then ends.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// All frames of a zstd stream, one after another.
struct Frames {
    state: State,
}

enum State {
    /// Before the first one.
    Between(Stored),
    Within(Box<Within>),
    Next(io::BufReader<Stored>),
    Over,
}

/// One frame.
struct Within {
    decoder: FrameDecoder,
    source: io::BufReader<Stored>,
}

impl Read for Within {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let decoder = &mut self.decoder;
        while decoder.can_collect() == 0 && !decoder.is_finished() {
            let one = BlockDecodingStrategy::UptoBlocks(1);
            decoder.decode_blocks(&mut self.source, one).map_err(io::Error::other)?;
        }
        decoder.read(buffer)
    }
}

impl Frames {
    /// The next frame; `false` at the end.
    fn begin(&mut self) -> io::Result<bool> {
        let mut source = match std::mem::replace(&mut self.state, State::Over) {
            State::Between(stored) => io::BufReader::with_capacity(HEAD, stored),
            State::Next(source) => source,
            within => {
                self.state = within;
                return Ok(true);
            }
        };
        loop {
            if io::BufRead::fill_buf(&mut source)?.is_empty() {
                return Ok(false);
            }
            // A decoder that cannot begin does not give the source back.
            let mut decoder = FrameDecoder::new();
            decoder.set_max_window_size(WINDOW);
            match decoder.init(&mut source) {
                Ok(()) => {
                    self.state = State::Within(Box::new(Within { decoder, source }));
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let skipped = io::copy(&mut source.by_ref().take(length.into()), &mut io::sink())?;
                    if skipped < length.into() {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(FrameDecoderError::WindowSizeTooBig { requested, .. }) => {
                    return Err(io::Error::other(format!(
                        "it must be held {} MiB at a time, and {} MiB are held: unpack it with `zstd -dc --long=31`, \
                         into the standard input",
                        requested >> 20,
                        WINDOW >> 20
                    )));
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
    }
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.begin()? {
            let State::Within(within) = &mut self.state else { break };
            let count = within.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let frame = &within.decoder;
            if frame.get_checksum_from_data() != frame.get_calculated_checksum()
                && frame.get_checksum_from_data().is_some()
            {
                self.state = State::Over;
                return Err(io::Error::other("the checksum of a frame is not that of its content"));
            }
            if let State::Within(within) = std::mem::replace(&mut self.state, State::Over) {
                self.state = State::Next(within.source);
            }
        }
        Ok(0)
    }
}
