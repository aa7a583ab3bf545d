"""What people see: Flask-AppBuilder's views and our forms, in the words of the procedure."""
