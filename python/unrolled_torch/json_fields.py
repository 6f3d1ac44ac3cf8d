"""Reads the fields of JSON objects that have sequences of vectors."""

from unrolled_torch.tables import field_of, format_of, place_of, read_objects


def vector_objects(file, reading):
    """Returns where each object is, with the file's name, and its fields."""
    format = format_of(file, {"format": "jsonl", **reading})
    if format not in ("json", "jsonl"):
        raise SystemExit(f"{file}: vectors are read from JSON, not from {format}; call the file .jsonl, with an object in each line, or .json")
    return [(f"{file}, {where}", fields) for where, fields in read_objects(file, format)]


class Field:
    """A field of objects. The first object decides which of its names it has."""

    def __init__(self, names, given=None):
        """given: the name that was chosen for the data of the model"""
        self.names = names if given is None else [str(given)]
        self.name = None

    def value(self, place, fields):
        """The value of an object, which must have one."""
        if self.name is None:
            self.name = next((name for name in self.names if place_of(list(fields), name) >= 0), None)
            if self.name is None:
                raise SystemExit(f"{place}: no field {' or '.join(self.names)}; rename the field of the file")
        found = field_of(fields, [self.name])
        if found is None:
            raise SystemExit(f"{place}: no value for {self.name}, which other objects have")
        return fields[found]

    def value_or_none(self, fields):
        """The value of an object, which may lack it. Each object may use another name."""
        found = field_of(fields, self.names)
        return None if found is None else fields[found]
