//! The tables on disk, so that opening needs no look at every Resource.
//!
//! A file of sections, each of little-endian integers or texts and with its length in front, and a checksum of each
//! section behind it. It may be older than the text index: what was committed since is read from there.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use roaring::RoaringBitmap;

use super::column::{Column, Dictionary, Places, Value};
use super::schema::SCHEMA_VERSION;
use super::sets::SetColumn;
use super::tables::Tables;

const MAGIC: &[u8] = b"pharos tables\n";
/// No section is longer; a length beyond is damage.
const MAX_SECTION: u64 = 1 << 34;

/// The file of the tables.
pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join("tables")
}

/// Writes the tables as of a revision. The file is replaced as a whole or not at all.
pub(super) fn save(tables: &Tables, folder: &Path, revision: u64) -> io::Result<()> {
    let path = path(folder);
    let unfinished = path.with_extension("new");
    let mut writer = Writer(File::create(&unfinished)?);
    writer.bytes(MAGIC)?;
    writer.integers(&[u64::from(SCHEMA_VERSION), revision], u64::to_le_bytes)?;
    writer.bytes(&tables.letters)?;
    writer.integers(&tables.name_starts, u32::to_le_bytes)?;
    writer.integers(&tables.name_lengths, u16::to_le_bytes)?;
    writer.bitmap(&tables.all)?;
    writer.bitmap(&tables.live)?;
    for column in &tables.columns {
        writer.dictionary(&column.dictionary)?;
        writer.places(&column.places)?;
    }
    writer.dictionary(&tables.tags.dictionary)?;
    writer.integers(tables.tags.lengths(), u16::to_le_bytes)?;
    writer.integers(&tables.tags.places(), u32::to_le_bytes)?;
    writer.dictionary(&tables.reporters)?;
    writer.dictionary(&tables.stuck)?;
    writer.integers(&tables.changed_at, i64::to_le_bytes)?;
    writer.integers(&tables.by_name, u32::to_le_bytes)?;
    writer.integers(&tables.labels, u64::to_le_bytes)?;
    writer.integers(&tables.by_change, u32::to_le_bytes)?;
    let (numbers, moments): (Vec<u32>, Vec<i64>) = tables.review_at.iter().unzip();
    writer.integers(&numbers, u32::to_le_bytes)?;
    writer.integers(&moments, i64::to_le_bytes)?;
    writer.0.sync_all()?;
    fs::rename(&unfinished, &path)
}

/// Removes the tables, which a rebuild makes useless.
pub(super) fn remove(folder: &Path) {
    // One that stays is no harm: the text index tells that it is too old.
    let _ = fs::remove_file(path(folder));
}

/// Reads the tables and their revision; `None` when there are none that can be used.
pub(super) fn load(folder: &Path) -> Option<(Tables, u64)> {
    match read(&path(folder)) {
        Ok(loaded) => Some(loaded),
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                tracing::warn!(%error, "the saved tables of the index cannot be used; they are read from its documents");
            }
            None
        }
    }
}

fn read(path: &Path) -> io::Result<(Tables, u64)> {
    let mut reader = Reader(File::open(path)?);
    if reader.bytes()? != MAGIC {
        return Err(damaged());
    }
    let [version, revision] = reader.integers(u64::from_le_bytes)?[..] else { return Err(damaged()) };
    if version != u64::from(SCHEMA_VERSION) {
        return Err(damaged());
    }
    let mut tables = Tables {
        letters: reader.bytes()?,
        name_starts: reader.integers(u32::from_le_bytes)?,
        name_lengths: reader.integers(u16::from_le_bytes)?,
        all: reader.bitmap()?,
        live: reader.bitmap()?,
        ..Tables::default()
    };
    for column in &mut tables.columns {
        *column = Column { dictionary: reader.dictionary()?, places: reader.places()?, ..Column::default() };
        column.rank();
    }
    let (dictionary, lengths) = (reader.dictionary()?, reader.integers(u16::from_le_bytes)?);
    tables.tags = SetColumn::of(dictionary, reader.integers(u32::from_le_bytes)?, lengths).ok_or_else(damaged)?;
    tables.reporters = reader.dictionary()?;
    tables.stuck = reader.dictionary()?;
    tables.changed_at = reader.integers(i64::from_le_bytes)?;
    tables.by_name = reader.integers(u32::from_le_bytes)?;
    tables.labels = reader.integers(u64::from_le_bytes)?;
    tables.by_change = reader.integers(u32::from_le_bytes)?;
    tables.part_by_change();
    let numbers = reader.integers(u32::from_le_bytes)?;
    tables.review_at = numbers.into_iter().zip(reader.integers(i64::from_le_bytes)?).collect();
    Ok((tables, revision))
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the file is damaged or of another version")
}

/// A checksum that is quick rather than strong: it tells damage, not forgery.
fn checksum(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut sums = [bytes.len() as u64, 1, 2, 3];
    let mut blocks = bytes.chunks_exact(32);
    for block in &mut blocks {
        for (sum, word) in sums.iter_mut().zip(block.as_chunks::<8>().0) {
            *sum = (*sum ^ u64::from_le_bytes(*word)).wrapping_mul(FACTOR).rotate_left(29);
        }
    }
    for &byte in blocks.remainder() {
        sums[0] = (sums[0] ^ u64::from(byte)).wrapping_mul(FACTOR).rotate_left(29);
    }
    sums.into_iter().fold(0, |all, sum| (all ^ sum).wrapping_mul(FACTOR).rotate_left(31))
}

struct Reader(File);

impl Reader {
    fn bytes(&mut self) -> io::Result<Vec<u8>> {
        let mut word = [0; 8];
        self.0.read_exact(&mut word)?;
        let length = u64::from_le_bytes(word);
        if length > MAX_SECTION || length > self.0.metadata()?.len() {
            return Err(damaged());
        }
        let mut bytes = vec![0; usize::try_from(length).map_err(|_| damaged())?];
        self.0.read_exact(&mut bytes)?;
        self.0.read_exact(&mut word)?;
        if u64::from_le_bytes(word) != checksum(&bytes) {
            return Err(damaged());
        }
        Ok(bytes)
    }

    fn integers<const N: usize, T>(&mut self, from: fn([u8; N]) -> T) -> io::Result<Vec<T>> {
        Ok(self.bytes()?.as_chunks::<N>().0.iter().map(|chunk| from(*chunk)).collect())
    }

    fn bitmap(&mut self) -> io::Result<RoaringBitmap> {
        RoaringBitmap::deserialize_from(self.bytes()?.as_slice())
    }

    fn places(&mut self) -> io::Result<Places> {
        match self.bytes()?.as_slice() {
            [2] => Ok(Places::Narrow(self.integers(u16::from_le_bytes)?)),
            [4] => Ok(Places::Wide(self.integers(u32::from_le_bytes)?)),
            _ => Err(damaged()),
        }
    }

    fn dictionary(&mut self) -> io::Result<Dictionary> {
        let lengths = self.integers(u32::from_le_bytes)?;
        let words = self.bytes()?;
        let sets = self.bytes()?;
        let (mut words, mut sets) = (words.as_slice(), sets.as_slice());
        let mut dictionary = Dictionary::default();
        for length in lengths {
            let (word, rest) = words.split_at_checked(length as usize).ok_or_else(damaged)?;
            words = rest;
            let word = std::str::from_utf8(word).map_err(|_| damaged())?.to_owned();
            let members = RoaringBitmap::deserialize_from(&mut sets)?;
            let count = members.len();
            dictionary.add(Value { word, members, count });
        }
        Ok(dictionary)
    }
}

struct Writer(File);

impl Writer {
    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(&(bytes.len() as u64).to_le_bytes())?;
        self.0.write_all(bytes)?;
        self.0.write_all(&checksum(bytes).to_le_bytes())
    }

    fn integers<const N: usize, T: Copy>(&mut self, integers: &[T], to: fn(T) -> [u8; N]) -> io::Result<()> {
        let bytes: Vec<u8> = integers.iter().flat_map(|&integer| to(integer)).collect();
        self.bytes(&bytes)
    }

    fn bitmap(&mut self, set: &RoaringBitmap) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(set.serialized_size());
        set.serialize_into(&mut bytes)?;
        self.bytes(&bytes)
    }

    fn places(&mut self, places: &Places) -> io::Result<()> {
        match places {
            Places::Narrow(places) => {
                self.bytes(&[2])?;
                self.integers(places, u16::to_le_bytes)
            }
            Places::Wide(places) => {
                self.bytes(&[4])?;
                self.integers(places, u32::to_le_bytes)
            }
        }
    }

    fn dictionary(&mut self, dictionary: &Dictionary) -> io::Result<()> {
        let values = &dictionary.values;
        let lengths: Vec<u32> =
            values.iter().map(|value| u32::try_from(value.word.len()).unwrap_or_default()).collect();
        self.integers(&lengths, u32::to_le_bytes)?;
        let words: Vec<u8> = values.iter().flat_map(|value| value.word.bytes()).collect();
        self.bytes(&words)?;
        let mut sets = Vec::new();
        for value in values {
            value.members.serialize_into(&mut sets)?;
        }
        self.bytes(&sets)
    }
}

#[cfg(test)]
mod tests {
    use super::super::row::Row;
    use super::*;

    fn tables() -> Tables {
        let mut tables = Tables::default();
        let row = |number: u32| Row {
            number,
            name: format!("name-{number}"),
            resource_type: "service".to_owned(),
            workspace: Some("public".to_owned()),
            state: if number.is_multiple_of(3) { "deleted" } else { "active" }.to_owned(),
            runtime: "running".to_owned(),
            health: "starting".to_owned(),
            stuck: number == 5,
            owner: number.is_multiple_of(2).then(|| format!("owner-{number}")),
            source: None,
            tags: vec!["a".to_owned(), format!("t{number}")],
            reporters: vec!["import".to_owned(), format!("source-{}", number % 3)],
            changed_at: i64::from(number) - 5,
            review_at: (number == 4).then_some(9),
        };
        tables.upsert((1..20).map(row).collect());
        tables
    }

    #[test]
    fn what_is_saved_is_loaded() {
        let folder = tempfile::tempdir().expect("a folder");
        save(&tables(), folder.path(), 7).expect("saved");
        assert_eq!(load(folder.path()), Some((tables(), 7)));
    }

    #[test]
    fn damage_anywhere_is_noticed() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(load(folder.path()), None);
        save(&tables(), folder.path(), 7).expect("saved");
        let whole = fs::read(path(folder.path())).expect("the file");
        for at in (0..whole.len()).step_by(7) {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            fs::write(path(folder.path()), &damaged).expect("written");
            assert_eq!(load(folder.path()), None, "byte {at}");
            fs::write(path(folder.path()), &whole[..at]).expect("written");
            assert_eq!(load(folder.path()), None, "cut at {at}");
        }
    }
}
