mod cost;
mod drawn;
mod find;
mod id;
mod writer;
