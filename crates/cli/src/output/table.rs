//! Lists: tables for people, columns for programs.

use comfy_table::{Attribute, Cell, Color, Table, presets};
use runpipe::RunStatus;

use super::Output;

/// A row of a list.
pub type Row = Vec<Cell>;

impl Output {
    /// A list on stdout. People get a table, or the sentence that there is nothing; a program in
    /// the pipe gets no header, one tab between two columns, and nothing cut.
    pub fn listed(&self, header: &[&str], rows: Vec<Row>, none: &str) -> String {
        match (self.is_terminal(), rows.is_empty()) {
            (true, true) => format!("{none}\n"),
            (true, false) => table(header, rows),
            (false, _) => rows.iter().map(|row| columns(row)).collect(),
        }
    }
}

fn columns(row: &[Cell]) -> String {
    let texts: Vec<String> = row.iter().map(Cell::content).collect();
    texts.join("\t") + "\n"
}

/// A table. Nothing in it is wrapped: a reference has to be copied in one piece.
pub fn table(header: &[&str], rows: Vec<Row>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).enforce_styling();
    table.style_text_only();
    table.set_header(header.to_vec()).add_rows(rows);
    table.trim_fmt() + "\n"
}

/// A status in its colour; the stream takes the colour out again where none is wanted.
pub fn status_cell(status: RunStatus) -> Cell {
    let cell = Cell::new(status.as_str());
    match status {
        RunStatus::Succeeded => cell.fg(Color::DarkGreen),
        RunStatus::Failed => cell.fg(Color::DarkRed),
        RunStatus::Waiting | RunStatus::Unknown => cell.fg(Color::DarkYellow),
        RunStatus::Canceled | RunStatus::Skipped => cell.add_attribute(Attribute::Dim),
        _ => cell.fg(Color::DarkCyan),
    }
}
