//! JSON-RPC as the Model Context Protocol has it over HTTP: each request by itself, without sessions and without a handshake.

use crate::tools::{Caller, Files, TOOLS, Tool};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use carnet::base64url;
use carnet::tower::{Authenticated, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(crate) const VERSION: &str = "2026-07-28";
pub(crate) const VERSION_KEY: &str = "io.modelcontextprotocol/protocolVersion";
pub(crate) const CAPABILITIES_KEY: &str = "io.modelcontextprotocol/clientCapabilities";

/// What is read of the parameters of a request.
#[derive(Deserialize)]
struct Parameters {
    #[serde(rename = "_meta")]
    meta: Meta,
    name: Option<String>,
    #[serde(default)]
    arguments: Value,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(rename = "io.modelcontextprotocol/protocolVersion")]
    version: String,
    #[serde(rename = "io.modelcontextprotocol/clientCapabilities")]
    _capabilities: serde_json::Map<String, Value>,
}

#[derive(Serialize)]
struct Answer {
    jsonrpc: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Result(Complete),
    Error(Problem),
}

#[derive(Serialize)]
struct Complete {
    #[serde(rename = "resultType")]
    result_type: &'static str,
    #[serde(flatten)]
    members: Value,
    #[serde(rename = "_meta")]
    meta: Value,
}

#[derive(Serialize)]
struct Problem {
    code: i64,
    message: String,
    #[serde(skip_serializing_if = "Value::is_null")]
    data: Value,
}

/// An answer that is no result.
enum Failure {
    /// By the protocol: a status and an error.
    Error(StatusCode, Problem),
    /// By the authorization: a status and a challenge.
    Refused(Refusal),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

fn bad(code: i64, message: impl Into<String>) -> Failure {
    Failure::Error(StatusCode::BAD_REQUEST, Problem { code, message: message.into(), data: Value::Null })
}

/// Answers one message. Whoever gets here has a token for this resource.
pub(crate) async fn answer(
    token: Authenticated,
    State(files): State<Files>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let Ok(message) = serde_json::from_str::<Value>(&body) else {
        return respond(None, Err(bad(-32700, "the body is not JSON")));
    };
    let text = |name: &str| message.get(name).and_then(Value::as_str);
    let id = message.get("id").filter(|id| id.is_string() || id.is_i64() || id.is_u64()).cloned();
    match (text("jsonrpc"), text("method"), message.get("id")) {
        (Some("2.0"), Some(_), None) => StatusCode::ACCEPTED.into_response(), // a notification
        (Some("2.0"), Some(method), Some(_)) if id.is_some() => {
            respond(id, handle(&token, &files, &headers, method, message.get("params")))
        }
        _ => respond(id, Err(bad(-32600, "the body is not one request"))),
    }
}

fn respond(id: Option<Value>, result: Result<Value, Failure>) -> Response {
    let (status, outcome) = match result {
        Err(Failure::Refused(refusal)) => return IntoResponse::into_response(refusal),
        Err(Failure::Error(status, problem)) => (status, Outcome::Error(problem)),
        Ok(members) => {
            let meta = json!({"io.modelcontextprotocol/serverInfo": {"name": "files", "version": "1"}});
            (StatusCode::OK, Outcome::Result(Complete { result_type: "complete", members, meta }))
        }
    };
    (status, Json(Answer { jsonrpc: "2.0", id, outcome })).into_response()
}

fn handle(
    token: &Authenticated,
    files: &Files,
    headers: &HeaderMap,
    method: &str,
    parameters: Option<&Value>,
) -> Result<Value, Failure> {
    let parameters = check(headers, method, parameters)?;
    // What is listed is the same for everybody who may ask at all, so that clients learn of the tools for which they have to ask for more.
    match method {
        "server/discover" => Ok(
            json!({"supportedVersions": [VERSION], "capabilities": {"tools": {}}, "ttlMs": 300_000, "cacheScope": "public"}),
        ),
        "tools/list" => {
            let tools: Vec<_> = TOOLS.iter().map(Tool::describe).collect();
            Ok(json!({"tools": tools, "ttlMs": 300_000, "cacheScope": "public"}))
        }
        "tools/call" => call(token, files, &parameters),
        _ => {
            let message = format!("there is no method {method}");
            Err(Failure::Error(StatusCode::NOT_FOUND, Problem { code: -32601, message, data: Value::Null }))
        }
    }
}

fn call(token: &Authenticated, files: &Files, parameters: &Parameters) -> Result<Value, Failure> {
    let tool = TOOLS.iter().find(|tool| parameters.name.as_deref() == Some(tool.name));
    let tool = tool.ok_or_else(|| bad(-32602, "there is no such tool"))?;
    token.require_scopes(tool.scopes)?; // else 403, and a challenge with all of them
    let caller = Caller {
        subject: token.subject().unwrap_or_default().to_owned(),
        client_id: token.client_id().unwrap_or_default().to_owned(),
        scopes: token.scopes().map(str::to_owned).collect(),
    };
    let (text, failed) = match files.run(tool, &caller, &parameters.arguments) {
        Ok(text) => (text, false),
        Err(text) => (text, true),
    };
    Ok(json!({"content": [{"type": "text", "text": text}], "isError": failed}))
}

/// That the request says which version it is of, and that the header fields, which others on the way go by, say what the body says.
fn check(headers: &HeaderMap, method: &str, parameters: Option<&Value>) -> Result<Parameters, Failure> {
    let field = |name: &str| {
        let mut values = headers.get_all(name).iter();
        values.next().filter(|_| values.next().is_none())?.to_str().ok()
    };
    let mismatch = |name: &str| {
        let message = "is missing or says something else than the body; this server speaks";
        bad(-32020, format!("the field {name} {message} {VERSION}"))
    };
    let version = field("mcp-protocol-version").ok_or_else(|| mismatch("MCP-Protocol-Version"))?;
    let parameters = parameters.and_then(|parameters| Parameters::deserialize(parameters).ok());
    let parameters = parameters.ok_or_else(|| bad(-32602, "_meta lacks the version or the client's capabilities"))?;
    if version != parameters.meta.version {
        return Err(mismatch("MCP-Protocol-Version"));
    }
    if version != VERSION {
        let data = json!({"supported": [VERSION], "requested": version});
        let message = "unsupported protocol version".to_owned();
        return Err(Failure::Error(StatusCode::BAD_REQUEST, Problem { code: -32022, message, data }));
    }
    if field("mcp-method") != Some(method) {
        return Err(mismatch("Mcp-Method"));
    }
    if method == "tools/call" && field("mcp-name").and_then(decoded) != parameters.name {
        return Err(mismatch("Mcp-Name"));
    }
    Ok(parameters)
}

/// A field's value, which is in base64 where it would not fit in otherwise.
fn decoded(field: &str) -> Option<String> {
    let Some(encoded) = field.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?=")) else {
        return Some(field.to_owned());
    };
    let encoded = encoded.trim_end_matches('=').replace('+', "-").replace('/', "_");
    String::from_utf8(base64url::decode(&encoded).ok()?).ok()
}
