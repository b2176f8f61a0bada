//! The listing of `dataos-ctl get` (domain.md 3.1): a row is an observation.

use app::model::{Key, Level, Observation, ResourceType, Timestamp};

use super::refusal::Fault;
use super::table::Header;
use crate::masking::masked;

/// Where the cells of a listing are.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    name: usize,
    resource_type: usize,
    version: Option<usize>,
    workspace: Option<usize>,
    status: Option<usize>,
    runtime: Option<usize>,
    owner: Option<usize>,
}

impl Columns {
    /// The places of the columns.
    ///
    /// # Errors
    /// When `NAME` or `TYPE` is missing: without them nobody knows which Resource a row is about.
    pub(super) fn of(header: &Header, line: u64) -> Result<Self, Fault> {
        let (Some(name), Some(resource_type)) = (header.position("NAME"), header.position("TYPE")) else {
            return Err(Fault::new(line, &header.to_string(), "a header with the columns `NAME` and `TYPE`"));
        };
        Ok(Self {
            name,
            resource_type,
            version: header.position("VERSION"),
            workspace: header.position("WORKSPACE"),
            status: header.position("STATUS"),
            runtime: header.position("RUNTIME"),
            owner: header.position("OWNER"),
        })
    }
}

/// Reads one row.
///
/// # Errors
/// When it has not as many cells as the header, or a cell that cannot be a name.
pub(super) fn read_row(
    header: &Header,
    columns: &Columns,
    line: u64,
    row: &str,
    at: Timestamp,
    default_workspace: &str,
) -> Result<Observation, Fault> {
    let cells = split(header, line, row)?;
    let cell = |place: Option<usize>| place.map(|place| cells[place]);
    let said = |place: Option<usize>| cell(place).filter(|text| !text.is_empty()).map(str::to_owned);
    let resource_type = cells[columns.resource_type];
    let workspace = workspace_or_default(resource_type, cell(columns.workspace), default_workspace);
    let key = Key::new(resource_type, workspace, cells[columns.name])
        .map_err(|error| Fault::new(line, row, format!("the row of a Resource, but {error}")))?;
    Ok(Observation {
        version: said(columns.version),
        status: said(columns.status),
        // A blank cell says that there is no runtime; only a column that is not there says nothing.
        runtime: cell(columns.runtime).map(str::to_owned),
        owner: said(columns.owner),
        ..Observation::new(key, at)
    })
}

/// The cells of a row.
///
/// # Errors
/// When there are not as many as in the header.
pub(super) fn split<'row>(header: &Header, line: u64, row: &'row str) -> Result<Vec<&'row str>, Fault> {
    let mut cells = Vec::with_capacity(header.width());
    cells.extend(header.cells(row));
    if cells.len() == header.width() {
        return Ok(cells);
    }
    let found = format!("{} cells: {}", cells.len(), masked(row.trim().to_owned()));
    Err(Fault::new(line, &found, format!("{} cells as in the header `{header}`", header.width())))
}

/// The workspace a Resource lives in: as said, or the default for types that are known to live in one.
pub(super) fn workspace_or_default<'text>(
    resource_type: &str,
    said: Option<&'text str>,
    default: &'text str,
) -> Option<&'text str> {
    said.map(str::trim)
        .filter(|workspace| !workspace.is_empty())
        .or_else(|| (ResourceType::new(resource_type).level() == Some(Level::Workspace)).then_some(default))
}
