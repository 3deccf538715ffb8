#!/usr/bin/python3
"""asyncio-peer.py PROMPT.wav DIR: the peer of the benchmark `calls`: an AudioSocket server as such systems are
usually built. One process; for each call a task that reads frames, measures their energy and records them, and a
task that writes a frame every 20 ms, the prompt first, then the echo. Prints its port, then serves until SIGTERM.
"""

import array
import asyncio
import collections
import pathlib
import struct
import sys
import wave

FRAME_BYTES = 320
FRAME_S = 0.02
SPEECH = 300  # mean magnitude of a frame that is speech


async def read_frames(reader, echo, record):
  loud = 0
  while True:
    kind, size = struct.unpack(">BH", await reader.readexactly(3))
    payload = await reader.readexactly(size)
    if kind == 0x10:
      samples = array.array("h", payload)
      if sum(map(abs, samples)) > SPEECH * len(samples):
        loud += 1
      record.write(payload)
      echo.append(payload)


async def write_frames(writer, prompt, echo, record):
  loop = asyncio.get_running_loop()
  due, at = loop.time(), 0
  while True:
    if at < len(prompt):
      frame = prompt[at:at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0")
      at += FRAME_BYTES
      echo.clear()
    else:
      frame = echo.popleft() if echo else bytes(FRAME_BYTES)
    writer.write(struct.pack(">BH", 0x10, len(frame)) + frame)
    await writer.drain()
    record.write(frame)
    due += FRAME_S
    await asyncio.sleep(due - loop.time())


async def call(reader, writer, prompt, folder):
  try:
    uuid = (await reader.readexactly(19))[3:].hex()
  except asyncio.IncompleteReadError:
    writer.close()
    return
  echo = collections.deque(maxlen=50)
  with open(folder / f"{uuid}.in.s16", "wb") as heard, open(folder / f"{uuid}.out.s16", "wb") as said:
    writing = asyncio.create_task(write_frames(writer, prompt, echo, said))
    try:
      await read_frames(reader, echo, heard)
    except (asyncio.IncompleteReadError, ConnectionError):
      pass
    finally:
      writing.cancel()
      await asyncio.gather(writing, return_exceptions=True)
      writer.close()


async def main():
  with wave.open(sys.argv[1]) as wav:
    prompt = wav.readframes(wav.getnframes())
  folder = pathlib.Path(sys.argv[2])
  server = await asyncio.start_server(lambda r, w: call(r, w, prompt, folder), "127.0.0.1", 0, backlog=1024)
  print(server.sockets[0].getsockname()[1], flush=True)
  async with server:
    await server.serve_forever()


if __name__ == "__main__":
  asyncio.run(main())
