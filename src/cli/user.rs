//! `guatu user …`: users of a data folder, also beside a server that runs.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::place::PlaceArguments;
use crate::app::{self, AppError};
use crate::config::Config;
use crate::plan::{UserName, UserRole};
use crate::services::accounts::{Accounts, Invitation, NewUser, UserPatch, UserRow};

#[derive(Subcommand)]
pub enum UserCommand {
    /// Add a user and print the path of a one-time link to choose a password by.
    Add {
        #[command(flatten)]
        user: Named,
        /// Name for people; the user name when absent.
        #[arg(long)]
        display_name: Option<String>,
        #[command(flatten)]
        roles: Roles,
        #[command(flatten)]
        password: Password,
    },
    /// List all users.
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Give a user these roles in place of those that they have.
    Role {
        #[command(flatten)]
        user: Named,
        #[command(flatten)]
        roles: Roles,
    },
    /// Take a user's password, sessions and tokens away and print the path of a one-time link to choose another by.
    Reset {
        #[command(flatten)]
        user: Named,
        #[command(flatten)]
        password: Password,
    },
    /// Keep a user out, at once; the name stays taken, as it stands in the change log.
    Disable {
        #[command(flatten)]
        user: Named,
    },
    /// Let a user in again.
    Enable {
        #[command(flatten)]
        user: Named,
    },
}

#[derive(Args)]
pub struct Data {
    #[command(flatten)]
    place: PlaceArguments,
    /// Configuration file.
    #[arg(long)]
    config: Option<PathBuf>,
}

#[derive(Args)]
pub struct Named {
    /// User name: 1 to 64 of a-z 0-9 . _ - @.
    name: UserName,
    #[command(flatten)]
    data: Data,
}

#[derive(Args)]
pub struct Roles {
    /// Role: viewer, inspector, planner, gis or admin; again for several.
    #[arg(long = "role", required = true)]
    roles: Vec<UserRole>,
}

#[derive(Args)]
pub struct Password {
    /// Read the password from standard input in place of giving a link.
    #[arg(long)]
    password_stdin: bool,
}

pub fn run(command: UserCommand) -> ExitCode {
    match obey(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => super::failed(fault),
    }
}

fn obey(command: UserCommand) -> Result<(), AppError> {
    match command {
        UserCommand::Add { user, display_name, roles, password } => {
            let accounts = open(&user.data)?;
            let display_name = display_name.unwrap_or_else(|| user.name.to_string());
            let new = NewUser { name: user.name, display_name, roles: roles.set() };
            match password.read()? {
                Some(password) => accounts.add_user_with_password(&new, &password, app::now())?,
                None => print_link(&accounts.add_user(&new, app::now())?.1),
            }
        }
        UserCommand::List { data } => open(&data)?.users()?.iter().for_each(|(user, _)| print_user(user)),
        UserCommand::Role { user, roles } => {
            change(&user, UserPatch { roles: Some(roles.set()), ..UserPatch::default() })?;
        }
        UserCommand::Reset { user, password } => {
            let accounts = open(&user.data)?;
            match password.read()? {
                Some(password) => accounts.set_password(&user.name, &password)?,
                None => print_link(&accounts.reset(&user.name, app::now())?),
            }
        }
        UserCommand::Disable { user } => change(&user, UserPatch { disabled: Some(true), ..UserPatch::default() })?,
        UserCommand::Enable { user } => change(&user, UserPatch { disabled: Some(false), ..UserPatch::default() })?,
    }
    Ok(())
}

fn open(data: &Data) -> Result<Accounts, AppError> {
    let config = Config::read(data.config.as_deref())?;
    let place = data.place.place(&config);
    app::accounts(&place)
}

fn change(user: &Named, patch: UserPatch) -> Result<(), AppError> {
    print_user(&open(&user.data)?.change_user(&user.name, patch)?.0);
    Ok(())
}

impl Roles {
    fn set(self) -> BTreeSet<UserRole> {
        self.roles.into_iter().collect()
    }
}

impl Password {
    /// The first line of standard input, if asked to read it.
    fn read(&self) -> Result<Option<String>, AppError> {
        /// Far more than a password may have.
        const MAX_BYTES: u64 = 64 * 1024;
        if !self.password_stdin {
            return Ok(None);
        }
        let mut text = String::new();
        std::io::stdin().take(MAX_BYTES).read_to_string(&mut text).map_err(AppError::Password)?;
        Ok(text.lines().next().map(str::to_owned).or(Some(text)))
    }
}

fn print_link(invitation: &Invitation) {
    println!("{}", invitation.link_path());
}

fn print_user(user: &UserRow) {
    let roles = user.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(",");
    let state = match (user.disabled, &user.password) {
        (true, _) => "disabled",
        (false, None) => "invited",
        (false, Some(_)) => "enabled",
    };
    println!("{}\t{roles}\t{state}\t{}", user.name, user.display_name);
}
