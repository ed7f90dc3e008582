//! The tools, and the scopes that each of them needs.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A broader scope stands for the narrower ones.
pub(crate) fn implies(granted: &str, required: &str) -> bool {
    matches!((granted, required), ("files:admin", "files:write" | "files:read") | ("files:write", "files:read"))
}

/// On whose behalf a tool works. It is not the token, and a tool that calls another service gets one of its own for that.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) subject: String,
    pub(crate) client_id: String,
    pub(crate) scopes: Vec<String>,
}

/// The texts of files by their paths.
type Texts = BTreeMap<String, String>;

/// What a tool says, or why it failed.
type Done = Result<String, String>;

pub(crate) struct Tool {
    pub(crate) name: &'static str,
    description: &'static str,
    /// All that the operation needs, since a challenge has to name all of it.
    pub(crate) scopes: &'static [&'static str],
    arguments: &'static [&'static str],
    run: fn(&mut Texts, &Caller, &Value) -> Done,
}

pub(crate) const TOOLS: [Tool; 3] = [
    Tool { name: "read_file", description: "Reads a file", scopes: &["files:read"], arguments: &["path"], run: read },
    Tool {
        name: "write_file",
        description: "Writes a file, and says what was in it",
        scopes: &["files:read", "files:write"],
        arguments: &["path", "text"],
        run: write,
    },
    Tool {
        name: "delete_file",
        description: "Deletes a file",
        scopes: &["files:admin"],
        arguments: &["path"],
        run: delete,
    },
];

impl Tool {
    pub(crate) fn describe(&self) -> Value {
        let properties: serde_json::Map<_, _> =
            self.arguments.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
        let schema = json!({"type": "object", "properties": properties, "required": self.arguments});
        json!({"name": self.name, "description": self.description, "inputSchema": schema})
    }
}

/// The files that the server is for.
#[derive(Clone)]
pub(crate) struct Files(Arc<Mutex<Texts>>);

impl Default for Files {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(BTreeMap::from([("letter.txt".to_owned(), "Dear John".to_owned())]))))
    }
}

impl Files {
    pub(crate) fn run(&self, tool: &Tool, caller: &Caller, arguments: &Value) -> Done {
        (tool.run)(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner), caller, arguments)
    }
}

fn text<'a>(arguments: &'a Value, name: &str) -> Result<&'a str, String> {
    arguments.get(name).and_then(Value::as_str).ok_or_else(|| format!("the argument {name} is missing"))
}

fn read(files: &mut Texts, caller: &Caller, arguments: &Value) -> Done {
    let file = files.get(text(arguments, "path")?).ok_or("there is no such file")?;
    let Caller { subject, client_id, scopes } = caller;
    Ok(format!("{file:?}, read for {subject} by {client_id} with {}", scopes.join(" ")))
}

fn write(files: &mut Texts, caller: &Caller, arguments: &Value) -> Done {
    let (path, text) = (text(arguments, "path")?, text(arguments, "text")?);
    let before = files.insert(path.to_owned(), text.to_owned()).unwrap_or_default();
    Ok(format!("written for {}; before, it was {before:?}", caller.subject))
}

fn delete(files: &mut Texts, caller: &Caller, arguments: &Value) -> Done {
    files.remove(text(arguments, "path")?).ok_or("there is no such file")?;
    Ok(format!("deleted for {}", caller.subject))
}
