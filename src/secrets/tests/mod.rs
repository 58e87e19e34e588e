mod drawn;
mod forms;
mod limits;
mod table;
