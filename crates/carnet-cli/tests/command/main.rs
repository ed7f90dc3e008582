//! The command as a user runs it: arguments, files and standard input in; standard output, standard error and an exit code out.

#[cfg(test)]
mod algorithms;
#[cfg(test)]
mod desk;
mod explain;
#[cfg(test)]
mod help;
#[cfg(test)]
mod inspect;
#[cfg(test)]
mod jwks_build;
#[cfg(test)]
mod jwks_show;
#[cfg(test)]
mod jws;
#[cfg(test)]
mod key_check;
#[cfg(test)]
mod key_convert;
#[cfg(test)]
mod key_files;
#[cfg(test)]
mod key_generate;
#[cfg(test)]
mod key_public;
#[cfg(test)]
mod key_thumbprint;
#[cfg(test)]
mod secrecy;
#[cfg(test)]
mod sign;
#[cfg(test)]
mod verify;
mod verify_remote;
#[cfg(test)]
mod verify_sets;
