mod model;
mod steps;
mod symmetry;
mod world;
