//! Users, for administrators. Nobody is deleted: names stand in the change log.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{delete, get, patch, post};

use crate::http::answer::{self, Problem};
use crate::http::asked::Asked;
use crate::http::body;
use crate::http::route::{Access, Answer, Method, Route, schema_of};
use crate::http::wire::{InvitationWire, InvitedUser, NewUserWire, UserList, UserPatchWire, UserWire};
use crate::plan::{Right, UserName};
use crate::services::accounts::{NewUser, UserPatch};

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/api/v1/users",
            documented: None,
            method: Method::Get,
            access: Access::Right(Right::Administer),
            id: "list_users",
            summary: "All users by name, each with the number of their tokens.",
            parameters: &[],
            body: None,
            answer: Answer::json::<UserList>(),
            handler: get(list_users),
        },
        Route {
            path: "/api/v1/users",
            documented: None,
            method: Method::Post,
            access: Access::Administrator,
            id: "create_user",
            summary: "Adds a user and gives a link to choose a password by, once. 409 when the name is taken.",
            parameters: &[],
            body: Some(schema_of::<NewUserWire>),
            answer: Answer::created::<InvitedUser>(),
            handler: post(create_user),
        },
        Route {
            path: "/api/v1/users/{name}",
            documented: None,
            method: Method::Patch,
            access: Access::Administrator,
            id: "change_user",
            summary: "Changes a user. Who is disabled is signed out at once, and their tokens are revoked. 409 when no administrator would be left.",
            parameters: &[],
            body: Some(schema_of::<UserPatchWire>),
            answer: Answer::json::<UserWire>(),
            handler: patch(change_user),
        },
        Route {
            path: "/api/v1/users/{name}/reset",
            documented: None,
            method: Method::Post,
            access: Access::Administrator,
            id: "reset_user",
            summary: "Takes a user's password, sessions and tokens away and gives a link to choose another password by, once.",
            parameters: &[],
            body: None,
            answer: Answer::json::<InvitationWire>(),
            handler: post(reset_user),
        },
        Route {
            path: "/api/v1/users/{name}/tokens",
            documented: None,
            method: Method::Delete,
            access: Access::Administrator,
            id: "delete_user_tokens",
            summary: "Revokes all tokens of a user, at once.",
            parameters: &[],
            body: None,
            answer: Answer::NOTHING,
            handler: delete(delete_user_tokens),
        },
    ]
}

async fn list_users(asked: Asked) -> Result<Response, Problem> {
    asked.params(&[])?;
    let users = asked.state.ask_accounts(|accounts, _| accounts.users()).await?;
    Ok(answer::momentary(&UserList {
        users: users.iter().map(|(user, tokens)| UserWire::new(user, *tokens)).collect(),
    }))
}

async fn create_user(asked: Asked, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let NewUserWire { name, display_name, roles } = body::json(&asked.headers, &bytes)?;
    let new = NewUser { name, display_name, roles };
    let (user, invitation) = asked.state.ask_accounts(move |accounts, now| accounts.add_user(&new, now)).await?;
    tracing::info!(user = %user.name, by = %asked.identity()?.name, "user added");
    let invitation = InvitationWire::new(&invitation);
    Ok(answer::created(&InvitedUser { user: UserWire::new(&user, 0), invitation }))
}

async fn change_user(asked: Asked, Path(name): Path<String>, bytes: Bytes) -> Result<Response, Problem> {
    asked.params(&[])?;
    let UserPatchWire { display_name, roles, disabled } = body::json(&asked.headers, &bytes)?;
    let (name, change) = (known(&name)?, UserPatch { display_name, roles, disabled });
    let (user, tokens) = asked.state.ask_accounts(move |accounts, _| accounts.change_user(&name, change)).await?;
    let roles = user.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(",");
    tracing::info!(user = %user.name, roles, disabled = user.disabled, by = %asked.identity()?.name, "user changed");
    Ok(answer::momentary(&UserWire::new(&user, tokens)))
}

async fn reset_user(asked: Asked, Path(name): Path<String>) -> Result<Response, Problem> {
    asked.params(&[])?;
    let name = known(&name)?;
    let user = name.clone();
    let invitation = asked.state.ask_accounts(move |accounts, now| accounts.reset(&name, now)).await?;
    tracing::info!(%user, by = %asked.identity()?.name, "password reset");
    Ok(answer::momentary(&InvitationWire::new(&invitation)))
}

async fn delete_user_tokens(asked: Asked, Path(name): Path<String>) -> Result<Response, Problem> {
    asked.params(&[])?;
    let name = known(&name)?;
    let user = name.clone();
    asked.state.ask_accounts(move |accounts, _| accounts.revoke_tokens(&name)).await?;
    tracing::info!(%user, by = %asked.identity()?.name, "tokens revoked");
    Ok(answer::nothing())
}

/// A name from an address; what cannot be a name is nobody's.
fn known(name: &str) -> Result<UserName, Problem> {
    name.parse().map_err(|_| Problem::not_found("name", format!("there is no user {name}")))
}
