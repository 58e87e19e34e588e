//! Modules depend on each other in one direction: no circle among the modules of any folder, in any of the packages.
//!
//! Read from the sources: every path that begins with `crate` or `super`, wherever it stands, macros included. A name that
//! a folder's `mod.rs` hands on counts as the module that it is from. Unit tests do not count, and a file may use the
//! `mod.rs` of its own folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A module by the names that lead to it from the crate's root.
type Module = Vec<String>;

const PACKAGES: [&str; 4] = [
    "src",
    "crates/spec/src",
    "crates/testing/src",
    "crates/cli/src",
];

/// The modules of one package.
#[derive(Default)]
struct Package {
    /// Each module, with the paths that its file names.
    modules: BTreeMap<Module, Vec<Named>>,
    /// The names that a module hands on, and where they are from.
    handed_on: BTreeMap<(Module, String), Module>,
}

/// A path that a file names, from the root of its crate.
#[derive(Clone, Debug)]
struct Named(Module);

impl Package {
    fn read(folder: &Path) -> Self {
        let mut package = Package::default();
        package.read_folder(folder, &Vec::new());
        package
    }

    fn read_folder(&mut self, folder: &Path, here: &Module) {
        let entries = fs::read_dir(folder).expect("a folder of sources can be listed");
        for entry in entries {
            let path = entry.expect("a folder can be listed").path();
            let stem = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.is_dir() {
                if stem != "tests" {
                    self.read_folder(&path, &child(here, &stem));
                }
                continue;
            }
            if path.extension().is_none_or(|ending| ending != "rs") {
                continue;
            }
            let module = match stem.as_str() {
                "lib" | "main" | "mod" => here.clone(),
                _ => child(here, &stem),
            };
            let text = fs::read_to_string(&path).expect("a source is text");
            let tokens: TokenStream = text
                .parse()
                .unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
            let mut paths = Vec::new();
            self.scan(tokens, &module, &mut paths);
            self.modules.entry(module).or_default().extend(paths);
        }
    }

    /// Gathers the paths of a file, and what its `use`s hand on.
    fn scan(&mut self, tokens: TokenStream, module: &Module, paths: &mut Vec<Named>) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let rest = &tokens[at..];
            if let Some(length) = unit_tests(rest) {
                at += length;
                continue;
            }
            match token {
                TokenTree::Ident(word) if word == "use" => {
                    let end = rest.iter().position(|token| is_punct(token, ';'));
                    let end = end.unwrap_or(rest.len());
                    for (leaf, name) in leaves(&rest[1..end], &Vec::new()) {
                        let Some(full) = rooted(&leaf, module, true) else {
                            continue;
                        };
                        if let Some(name) = name {
                            self.handed_on.insert((module.clone(), name), full.clone());
                        }
                        paths.push(Named(full));
                    }
                    at += end;
                }
                TokenTree::Ident(word) if word == "crate" || word == "super" => {
                    let (leaf, length) = plain(rest);
                    paths.extend(rooted(&leaf, module, false).map(Named));
                    at += length.max(1);
                    continue;
                }
                TokenTree::Group(group) => self.scan(group.stream(), module, paths),
                TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            at += 1;
        }
    }

    /// The module that a path leads to, names that are handed on followed.
    fn module_of(&self, path: &Module) -> Module {
        let mut path = path.clone();
        // As deep as names are handed on; a name that hands on itself ends it.
        for _ in 0..16 {
            let known = (0..=path.len())
                .rev()
                .find(|end| self.modules.contains_key(&path[..*end]));
            let known = known.unwrap_or_default();
            let (module, names) = path.split_at(known);
            let next = names.first().and_then(|name| {
                let next = self.handed_on.get(&(module.to_vec(), name.clone()))?;
                Some([next.as_slice(), &names[1..]].concat())
            });
            match next {
                Some(next) if next != path => path = next,
                _ => return module.to_vec(),
            }
        }
        path
    }

    /// Which modules of each folder use which others of it.
    fn uses(&self) -> BTreeMap<Module, BTreeMap<String, BTreeSet<String>>> {
        let mut uses: BTreeMap<Module, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
        for (user, paths) in &self.modules {
            for Named(path) in paths {
                let used = self.module_of(path);
                let same = user.iter().zip(&used).take_while(|(a, b)| a == b).count();
                if let (Some(from), Some(to)) = (user.get(same), used.get(same)) {
                    let folder = uses.entry(user[..same].to_vec()).or_default();
                    folder.entry(from.clone()).or_default().insert(to.clone());
                }
            }
        }
        uses
    }
}

fn child(module: &Module, name: &str) -> Module {
    [module.as_slice(), &[name.to_owned()]].concat()
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

fn word(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(ident) => Some(ident.to_string().trim_start_matches("r#").to_owned()),
        TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => None,
    }
}

/// How many tokens `#[cfg(test)] mod tests { … }` takes, if it stands here.
fn unit_tests(tokens: &[TokenTree]) -> Option<usize> {
    let [hash, TokenTree::Group(attribute), rest @ ..] = tokens else {
        return None;
    };
    let is_test =
        is_punct(hash, '#') && attribute.stream().to_string().replace(' ', "") == "cfg(test)";
    let module = rest
        .iter()
        .take(2)
        .any(|token| word(token).as_deref() == Some("mod"));
    let end = rest.iter().position(|token| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        token => is_punct(token, ';'),
    });
    end.filter(|_| is_test && module).map(|end| end + 3)
}

/// A path without braces, and how many tokens it takes.
fn plain(tokens: &[TokenTree]) -> (Module, usize) {
    let mut path = Vec::new();
    let mut at = 0;
    while let Some(name) = tokens.get(at).and_then(word) {
        path.push(name);
        at += 1;
        let colons = tokens.get(at..at + 2);
        if !colons.is_some_and(|two| two.iter().all(|token| is_punct(token, ':'))) {
            break;
        }
        at += 2;
    }
    (path, at)
}

/// Every path of a tree of `use`, with the name that it gives to its end.
fn leaves(tokens: &[TokenTree], before: &Module) -> Vec<(Module, Option<String>)> {
    let mut found = Vec::new();
    for branch in tokens.split(|token| is_punct(token, ',')) {
        let mut path = before.clone();
        let mut name = None;
        let mut renamed = false;
        let mut whole = true;
        for token in branch {
            match token {
                TokenTree::Ident(_) => {
                    let Some(found) = word(token) else { continue };
                    if found == "as" {
                        renamed = true;
                        continue;
                    }
                    if !renamed && found != "self" {
                        path.push(found.clone());
                    }
                    name = match found.as_str() {
                        "self" => path.last().cloned(),
                        _ => Some(found),
                    };
                }
                TokenTree::Group(group) => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    found.extend(leaves(&inner, &path));
                    whole = false;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
        if whole && path.len() > before.len().min(path.len().saturating_sub(1)) {
            found.push((path, name));
        }
    }
    found
}

/// A path from the root of the crate; `None` where it leads out of it.
fn rooted(path: &Module, module: &Module, in_use: bool) -> Option<Module> {
    let first = path.first()?;
    let ups = path.iter().take_while(|name| *name == "super").count();
    match first.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "super" => {
            let base = module.len().checked_sub(ups)?;
            Some([&module[..base], &path[ups..]].concat())
        }
        // In a `use`, what is no crate is a module here.
        _ if in_use => Some([module.as_slice(), path].concat()),
        _ => None,
    }
}

/// A way from a module back to itself, if there is one.
fn circle(uses: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn search(
        uses: &BTreeMap<String, BTreeSet<String>>,
        way: &mut Vec<String>,
        done: &mut BTreeSet<String>,
    ) -> Option<Vec<String>> {
        let here = way.last()?.clone();
        for next in uses.get(&here).into_iter().flatten() {
            if let Some(begin) = way.iter().position(|module| module == next) {
                return Some([&way[begin..], std::slice::from_ref(next)].concat());
            }
            if !done.contains(next) {
                way.push(next.clone());
                if let Some(found) = search(uses, way, done) {
                    return Some(found);
                }
                way.pop();
            }
        }
        done.insert(here);
        None
    }
    let mut done = BTreeSet::new();
    uses.keys()
        .find_map(|module| search(uses, &mut vec![module.clone()], &mut done))
}

fn package(name: &str) -> Package {
    Package::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(name))
}

#[test]
fn no_folder_has_a_circle_of_modules() {
    let mut circles = Vec::new();
    for name in PACKAGES {
        for (folder, uses) in package(name).uses() {
            let folder = format!("{name}/{}", folder.join("/"));
            if let Some(way) = circle(&uses) {
                circles.push(format!("{folder}: {}", way.join(" → ")));
            }
        }
    }
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

/// Only the services' folders name generated types; the contract tests' caller does it for all of them.
#[test]
fn only_the_services_name_generated_types() {
    let uses = package("src").uses();
    let users: Vec<&str> = uses[&Vec::new()]
        .iter()
        .filter(|(_, used)| used.contains("generated"))
        .map(|(user, _)| user.as_str())
        .collect();
    assert_eq!(users, ["contract", "services"]);
}

#[test]
fn auth_names_no_service() {
    let used = |name: &str, user: &str| {
        let uses = package(name).uses();
        uses.get(&Vec::new())
            .and_then(|all| all.get(user))
            .cloned()
            .unwrap_or_default()
    };
    let auth = used("src", "auth");
    assert!(auth.contains("secrets"), "is it read right? {auth:?}");
    for module in ["generated", "service", "services", "service_client"] {
        assert!(!auth.contains(module), "auth uses {module}");
    }
}

/// A circle is found through names that are handed on, through macros, and past unit tests.
#[test]
fn circles_are_found() {
    let uses = package("tests/fixtures/modules").uses();
    let found: Vec<(String, Vec<String>)> = uses
        .iter()
        .filter_map(|(folder, uses)| Some((folder.join("/"), circle(uses)?)))
        .collect();
    let way = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(
        found,
        [
            (String::new(), way(&["begin", "deep", "end", "begin"])),
            ("deep".to_owned(), way(&["inner", "other", "inner"])),
        ]
    );
    let tested = uses[&Vec::new()].get("tested");
    assert_eq!(tested, None, "unit tests do not count");
}
