"""The scalars of EventFileTest as tensorboard itself writes them: python make.py OUT"""
import sys

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

with open(sys.argv[1], "wb") as file:
    writer = RecordWriter(file)
    writer.write(Event(wall_time=1.5e9, file_version="brain.Event:2").SerializeToString())
    for step in (1, 300):
        values = [Summary.Value(tag="loss", simple_value=0.125 * step), Summary.Value(tag="rewards/é/mean", simple_value=-3e-7)]
        writer.write(Event(wall_time=1.5e9 + step, step=step, summary=Summary(value=values)).SerializeToString())
