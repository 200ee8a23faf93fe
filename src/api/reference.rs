//! The description of the API for people: the same document as a page, without scripts.

use askama::Template;
use serde_json::Value;

use super::document::DOCUMENT;
use super::events::data_of;
use super::problem::CODES;
use super::query::Known;
use crate::domain::programs::event::Kind;
use crate::domain::programs::scope::Scope;
use crate::http::page::Page;

/// Words, of which some are code.
struct Piece {
    text: String,
    code: bool,
}

/// A member of an object, a parameter, or an answer.
struct Row {
    name: String,
    kind: Vec<Link>,
    required: bool,
    about: Vec<Piece>,
}

/// A piece of a type's name, perhaps with the object that it leads to.
struct Link {
    text: String,
    to: Option<String>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    about: Vec<Piece>,
    scopes: Vec<String>,
    parameters: Vec<Row>,
    body: Vec<Link>,
    answers: Vec<Row>,
}

struct Group {
    name: String,
    about: Vec<Piece>,
    operations: Vec<Operation>,
}

struct Object {
    name: String,
    about: Vec<Piece>,
    /// What it is, if it has no members.
    kind: Vec<Link>,
    members: Vec<Row>,
}

#[derive(Template)]
#[template(path = "api/reference.html")]
pub(super) struct Reference {
    base: &'static str,
    groups: Vec<Group>,
    objects: Vec<Object>,
    scopes: [Scope; 4],
    /// Each kind with the object that is its data.
    events: Vec<(Kind, String)>,
    problems: Vec<(&'static str, u16, &'static str, Vec<Piece>)>,
}

#[rocket::get("/reference")]
pub(super) fn show(_asked: Known) -> Page<Reference> {
    let document = &*DOCUMENT;
    Page::ok(Reference {
        base: super::BASE,
        groups: items(&document["tags"]).iter().map(|tag| group(document, tag)).collect(),
        objects: members(&document["components"]["schemas"]).map(object).collect(),
        scopes: Scope::ALL,
        events: Kind::ALL.into_iter().map(|kind| (kind, data_of(kind))).collect(),
        problems: CODES.map(|(code, status, title, about)| (code, status, title, pieces(about))).into(),
    })
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Cuts words at their backticks.
fn pieces(words: &str) -> Vec<Piece> {
    let cut = words.split('`').enumerate();
    let pieces = cut.map(|(at, text)| Piece { text: text.replace('\n', " "), code: at % 2 == 1 });
    pieces.filter(|piece| !piece.text.is_empty()).collect()
}

fn about(value: &Value) -> Vec<Piece> {
    pieces(value["description"].as_str().unwrap_or_default())
}

fn group(document: &Value, tag: &Value) -> Group {
    let mut operations = Vec::new();
    for (path, item) in members(&document["paths"]) {
        for (method, operation) in members(item) {
            if items(&operation["tags"]).contains(&tag["name"]) {
                operations.push(self::operation(path, method, operation));
            }
        }
    }
    Group { name: text(&tag["name"]), about: about(tag), operations }
}

fn operation(path: &str, method: &str, operation: &Value) -> Operation {
    let scopes = items(&operation["security"]).iter().flat_map(|one| items(&one["token"])).map(text);
    let parameters = items(&operation["parameters"]).iter().map(|parameter| Row {
        name: text(&parameter["name"]),
        kind: kind(&parameter["schema"]),
        required: parameter["required"].as_bool().unwrap_or(false),
        about: about(parameter),
    });
    let answers = members(&operation["responses"]).map(|(status, answer)| Row {
        name: status.clone(),
        kind: members(&answer["content"]).next().map(|(_, content)| kind(&content["schema"])).unwrap_or_default(),
        required: true,
        about: about(answer),
    });
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        about: about(operation),
        scopes: scopes.collect(),
        parameters: parameters.collect(),
        body: kind(&operation["requestBody"]["content"]["application/json"]["schema"]),
        answers: answers.collect(),
    }
}

fn object((name, schema): (&String, &Value)) -> Object {
    let mut members = Vec::new();
    rows_of(schema, &mut members);
    let kind = if members.is_empty() { kind(schema) } else { Vec::new() };
    Object { name: name.clone(), about: about(schema), kind, members }
}

/// The members of an object, also of those that it is put together from.
fn rows_of(schema: &Value, rows: &mut Vec<Row>) {
    for part in items(&schema["allOf"]) {
        match part["$ref"].as_str().and_then(|to| to.rsplit('/').next()) {
            Some(name) => rows_of(&DOCUMENT["components"]["schemas"][name], rows),
            None => rows_of(part, rows),
        }
    }
    for (name, member) in members(&schema["properties"]) {
        rows.push(Row {
            name: name.clone(),
            kind: kind(member),
            required: items(&schema["required"]).iter().any(|one| one == name),
            about: about(member),
        });
    }
}

fn word(text: impl Into<String>) -> Link {
    Link { text: text.into(), to: None }
}

/// The name of a type in words, with links to the objects in it.
fn kind(schema: &Value) -> Vec<Link> {
    if let Some(name) = schema["$ref"].as_str().and_then(|to| to.rsplit('/').next()) {
        return vec![Link { text: name.to_owned(), to: Some(format!("#object-{name}")) }];
    }
    let choices = items(&schema["oneOf"]).iter().chain(items(&schema["anyOf"])).chain(items(&schema["allOf"]));
    let mut named: Vec<Link> = Vec::new();
    for choice in choices.filter(|choice| choice["type"] != "null") {
        if !named.is_empty() {
            named.push(word(" or "));
        }
        named.extend(kind(choice));
    }
    if !named.is_empty() {
        return named;
    }
    let words = match &schema["type"] {
        Value::String(one) => one.clone(),
        Value::Array(several) => {
            several.iter().filter_map(Value::as_str).filter(|one| *one != "null").collect::<Vec<_>>().join(" or ")
        }
        _ => return Vec::new(),
    };
    let choices: Vec<&str> = items(&schema["enum"]).iter().filter_map(Value::as_str).collect();
    match words.as_str() {
        "array" => {
            let mut named = vec![word("list of ")];
            named.extend(kind(&schema["items"]));
            named
        }
        "object" if schema["additionalProperties"].is_object() => {
            let mut named = vec![word("object of ")];
            named.extend(kind(&schema["additionalProperties"]));
            named
        }
        _ if !choices.is_empty() => vec![word(choices.join(", "))],
        "string" if schema["format"] == "date-time" => vec![word("date and time")],
        _ => vec![word(words)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_every_operation_and_object_of_the_document() {
        let page = show(Known).1.render().unwrap();
        let mut operations = 0;
        for (path, item) in members(&DOCUMENT["paths"]) {
            for (_, operation) in members(item) {
                let id = text(&operation["operationId"]);
                assert!(page.contains(&format!("id=\"{id}\"")), "{path} {id} is missing");
                assert!(!operation["security"].is_null() && !text(&operation["summary"]).is_empty(), "{id}");
                operations += 1;
            }
        }
        assert!(operations >= 4);
        for (name, _) in members(&DOCUMENT["components"]["schemas"]) {
            assert!(page.contains(&format!("id=\"object-{name}\"")), "{name} is missing");
        }
        assert!(!page.contains("<script") && !page.contains("style=\""));
    }

    #[test]
    fn code_among_words_is_told_apart() {
        let cut: Vec<(String, bool)> =
            pieces("Send `a` or\n`b`.").into_iter().map(|one| (one.text, one.code)).collect();
        let wanted = [("Send ", false), ("a", true), (" or ", false), ("b", true), (".", false)];
        assert_eq!(cut, wanted.map(|(text, code)| (text.to_owned(), code)));
    }
}
