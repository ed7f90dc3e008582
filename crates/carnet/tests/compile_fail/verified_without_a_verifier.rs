use carnet::TokenBuffer;
use carnet::prelude::*;

fn claim_it_was_verified(buffer: TokenBuffer) -> Verified<()> {
    Verified { buffer, claims: () }
}

fn main() {}
