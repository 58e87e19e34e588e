//! `runpipe.toml`: what a person or a project sets once, and where each setting is from.
//!
//! A project's file comes with the present folder, perhaps from a stranger. Its settings that could
//! send a credential or a file of the user's elsewhere count only once the user has trusted the
//! file's present content: addresses, proxies, roots, commands, and the names of files and of
//! variables with secrets.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use runpipe::Service;
use runpipe::auth::acs3::body_sha256;
use toml::{Table, Value};

use crate::output::text::one_line;
use crate::process::environment::Environment;
use crate::process::exit::Failure;

/// What the file is called, wherever it is.
const NAME: &str = "runpipe.toml";
/// In the user's folder: the files that are trusted, a hash and a path on each line.
const TRUSTED: &str = "trusted";
/// Settings that could send a credential or a file elsewhere.
const SENSITIVE: [&str; 9] = [
    "base_url",
    "region",
    "proxy",
    "ca_file",
    "credential_command",
    "body",
    "yaml_override",
    "secret_var",
    "repo_token",
];
/// What the names of secrets have in them.
const SECRET_WORDS: [&str; 8] = [
    "token",
    "secret",
    "password",
    "passwd",
    "api_key",
    "access_key",
    "private_key",
    "credential",
];

/// What a setting is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// Every service.
    All,
    /// One service.
    Service(Service),
    /// A target, by its name.
    Target(String),
}

/// One setting.
#[derive(Clone, Debug)]
pub struct Setting {
    /// What it is about.
    pub about: About,
    /// Its name: a flag's, with `_` for `-`.
    pub name: String,
    /// Its values: one, or one for each time that a flag would be given.
    pub values: Vec<String>,
    /// The file that it is from.
    pub origin: PathBuf,
}

impl Setting {
    /// `timeout`, `buddy.workspace`, `targets.site-prod.branch`.
    pub fn key(&self) -> String {
        let name = &self.name;
        match &self.about {
            About::All => name.clone(),
            About::Service(service) => format!("{service}.{name}"),
            About::Target(target) => format!("targets.{target}.{name}"),
        }
    }
}

/// All settings of the files that count here.
#[derive(Debug, Default)]
pub struct Settings {
    /// What counts: the project's before the user's.
    pub all: Vec<Setting>,
    /// The files that were read.
    pub files: Vec<PathBuf>,
    /// The project's settings that do not count until its file is trusted.
    pub untrusted: Vec<Setting>,
}

impl Settings {
    /// Reads the user's file, and that of the project which this folder is in.
    ///
    /// Fails when one of them cannot be used.
    pub fn read(folder: Option<&Path>, environment: &Environment) -> Result<Self, Failure> {
        let mut settings = Settings::default();
        let users = user_folder(environment)?;
        let own = users.as_deref().map(|users| users.join(NAME));
        let project = folder
            .and_then(project_file)
            .filter(|file| Some(file) != own.as_ref());
        if let Some(file) = project {
            let text = read(&file)?.unwrap_or_default();
            let trusted = users
                .as_deref()
                .is_some_and(|users| is_trusted(users, &file, &text));
            for setting in parse(&file, &text)? {
                let sensitive = SENSITIVE.contains(&setting.name.as_str());
                match sensitive && !trusted {
                    true => settings.untrusted.push(setting),
                    false => settings.all.push(setting),
                }
            }
            settings.files.push(file);
        }
        if let Some(file) = own
            && let Some(text) = read(&file)?
        {
            for setting in parse(&file, &text)? {
                let known = |other: &Setting| other.key() == setting.key();
                if !settings.all.iter().any(known) {
                    settings.all.push(setting);
                }
            }
            settings.files.push(file);
        }
        Ok(settings)
    }

    /// Whether no file sets anything.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && self.untrusted.is_empty()
    }

    /// The one value of a setting.
    pub fn text(&self, about: &About, name: &str) -> Option<&str> {
        let mut all = self.all.iter();
        let found = all.find(|setting| setting.about == *about && setting.name == name)?;
        found.values.first().map(String::as_str)
    }

    /// A setting of a file, where its name leads from the folder of the file.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        let mut all = self.all.iter();
        let found = all.find(|setting| setting.about == About::All && setting.name == name)?;
        let folder = found.origin.parent().unwrap_or(Path::new(""));
        found.values.first().map(|path| folder.join(path))
    }

    /// The names of all targets.
    pub fn targets(&self) -> BTreeSet<&str> {
        let targets = self.all.iter().filter_map(|setting| match &setting.about {
            About::Target(name) => Some(name.as_str()),
            About::All | About::Service(_) => None,
        });
        targets.collect()
    }

    /// Refuses a project's file with what counts only in a file that is trusted.
    pub fn expect_trusted(&self) -> Result<(), Failure> {
        let Some(first) = self.untrusted.first() else {
            return Ok(());
        };
        let (file, keys) = (
            first.origin.display(),
            self.untrusted.iter().map(Setting::key),
        );
        let keys: Vec<String> = keys.collect();
        Err(Failure::usage(
            format!(
                "{file} sets {}, which could send your credentials or files elsewhere",
                one_line(&keys.join(", "))
            ),
            "Look at the file. If you trust it as it is: runpipe config trust",
        ))
    }
}

/// Trusts the project's file as it is now; returns which it is.
///
/// Fails when there is none, or when the list cannot be written.
pub fn trust(folder: Option<&Path>, environment: &Environment) -> Result<PathBuf, Failure> {
    let none = || {
        let what = format!("there is no {NAME} in this folder or above it");
        Failure::usage(what, "Go into the project's folder.")
    };
    let file = folder.and_then(project_file).ok_or_else(none)?;
    let text = read(&file)?.ok_or_else(none)?;
    let users = user_folder(environment)?.ok_or_else(|| {
        let advice = "Set HOME, or XDG_CONFIG_HOME.";
        Failure::usage("it is not known where your own settings are", advice)
    })?;
    let list = users.join(TRUSTED);
    let path = file.display().to_string();
    let known = read(&list)?.unwrap_or_default();
    let others = known
        .lines()
        .filter(|line| !line.ends_with(&format!(" {path}")));
    let mut lines: Vec<String> = others.map(str::to_owned).collect();
    lines.push(line_of(&file, &text));
    let written =
        fs::create_dir_all(&users).and_then(|()| fs::write(&list, lines.join("\n") + "\n"));
    written.map_err(|cause| {
        let what = format!("{} cannot be written: {cause}", list.display());
        Failure::usage(what, "Make it writable.")
    })?;
    Ok(file)
}

fn is_trusted(users: &Path, file: &Path, text: &str) -> bool {
    let known = fs::read_to_string(users.join(TRUSTED)).unwrap_or_default();
    let line = line_of(file, text);
    known.lines().any(|known| known == line)
}

fn line_of(file: &Path, text: &str) -> String {
    format!("{} {}", body_sha256(text.as_bytes()), file.display())
}

/// The folder of the user's own settings.
fn user_folder(environment: &Environment) -> Result<Option<PathBuf>, Failure> {
    for (variable, below) in [
        ("XDG_CONFIG_HOME", ""),
        ("APPDATA", ""),
        ("HOME", ".config"),
    ] {
        if let Some(folder) = environment.text(variable)? {
            return Ok(Some(Path::new(&folder).join(below).join("runpipe")));
        }
    }
    Ok(None)
}

/// The nearest file in this folder or above it. A project ends where its repository does.
fn project_file(folder: &Path) -> Option<PathBuf> {
    for folder in folder.ancestors() {
        let file = folder.join(NAME);
        if file.is_file() {
            return Some(file);
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

/// The text of a file, `None` where there is none.
fn read(file: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(cause) => {
            let what = format!("{} cannot be read: {cause}", file.display());
            Err(Failure::usage(
                what,
                "Make it a text file that you may read.",
            ))
        }
    }
}

/// The settings of a file, in its order. No error repeats a value: it may be a secret.
fn parse(file: &Path, text: &str) -> Result<Vec<Setting>, Failure> {
    let table: Table = toml::from_str(text).map_err(|fault: toml::de::Error| {
        let before = fault.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count().saturating_add(1));
        let what = format!("{} is not TOML from line {line} on", file.display());
        Failure::usage(what, "Correct it there.")
    })?;
    let mut settings = Vec::new();
    for (name, value) in table {
        match (name.as_str(), value) {
            ("targets", Value::Table(targets)) => {
                for (target, value) in targets {
                    let about = About::Target(target.clone());
                    let Value::Table(inner) = value else {
                        return Err(misshapen(file, &format!("targets.{target}")));
                    };
                    gather(file, &about, inner, &mut settings)?;
                }
            }
            (name, Value::Table(inner)) => {
                let service = name.parse().map_err(|_| {
                    let names = Service::ALL.map(Service::name).join(", ");
                    let what = format!("{}: there is no section {name}", file.display());
                    Failure::usage(one_line(&what), format!("Use targets or one of {names}."))
                })?;
                gather(file, &About::Service(service), inner, &mut settings)?;
            }
            (_, value) => {
                let mut one = Table::new();
                one.insert(name, value);
                gather(file, &About::All, one, &mut settings)?;
            }
        }
    }
    Ok(settings)
}

fn gather(
    file: &Path,
    about: &About,
    table: Table,
    settings: &mut Vec<Setting>,
) -> Result<(), Failure> {
    for (name, value) in table {
        let (about, name) = (about.clone(), name.replace('-', "_"));
        let mut setting = Setting {
            about,
            name,
            values: Vec::new(),
            origin: file.to_owned(),
        };
        expect_no_secret(&setting)?;
        let values = match value {
            Value::Array(items) => items.into_iter().map(text).collect(),
            Value::Table(pairs) => pairs
                .into_iter()
                .map(|(key, value)| Some(format!("{key}={}", text(value)?)))
                .collect(),
            value => text(value).map(|value| vec![value]),
        };
        setting.values = values.ok_or_else(|| misshapen(file, &setting.key()))?;
        settings.push(setting);
    }
    Ok(())
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(flag) => Some(flag.to_string()),
        Value::Datetime(date) => Some(date.to_string()),
        Value::Array(_) | Value::Table(_) => None,
    }
}

fn misshapen(file: &Path, key: &str) -> Failure {
    let what = format!("{}: {key} cannot have a value like that", file.display());
    let advice = "Write a text, a number, or an array or a table of those.";
    Failure::usage(one_line(&what), advice)
}

/// What looks like a secret does not belong into a file.
fn expect_no_secret(setting: &Setting) -> Result<(), Failure> {
    let name = setting.name.to_lowercase();
    let names_a_variable = [
        "credential_command",
        "secret_var",
        "repo_token",
        "repo_token_type",
    ];
    let is_secret = SECRET_WORDS.iter().any(|word| name.contains(word)) || name == "pat";
    if !is_secret || names_a_variable.contains(&name.as_str()) {
        return Ok(());
    }
    let (file, key) = (setting.origin.display(), setting.key());
    Err(Failure::usage(
        one_line(&format!(
            "{file}: {key} looks like a secret, and none is read from a file"
        )),
        "Remove it, and withdraw it if the file was shared. Set the service's variable (runpipe auth \
         status), or let credential_command fetch it.",
    ))
}
