"""What every platform's package is made of: one frozen folder, its licences and its list of parts."""
