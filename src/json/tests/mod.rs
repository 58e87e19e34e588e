mod cost;
mod drawn;
mod find;
mod id;
mod scalar;
mod writer;
