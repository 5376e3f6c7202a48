// Takes a member out of a zip, for journeys with files that lack something. Nothing is packed anew.
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;

interface Member {
  name: string;
  header: Buffer;
  local: Buffer;
}

function members(zip: Buffer): Member[] {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  const found: { name: string; header: Buffer; at: number }[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let i = zip.readUInt16LE(end + 10); i > 0; i--) {
    if (zip.readUInt32LE(at) !== CENTRAL) throw new Error('not a zip');
    const [name, extra, note] = [28, 30, 32].map((o) => zip.readUInt16LE(at + o)) as [number, number, number];
    const header = zip.subarray(at, at + 46 + name + extra + note);
    found.push({ name: header.subarray(46, 46 + name).toString(), header, at: zip.readUInt32LE(at + 42) });
    at += header.length;
  }
  const starts = [...found.map((m) => m.at), zip.readUInt32LE(end + 16)].sort((a, b) => a - b);
  return found.map(({ name, header, at: start }) => {
    if (zip.readUInt32LE(start) !== LOCAL) throw new Error('not a zip');
    return {
      name,
      header,
      local: zip.subarray(
        start,
        starts.find((s) => s > start),
      ),
    };
  });
}

export function namesIn(zip: Buffer): string[] {
  return members(zip).map(({ name }) => name);
}

/** The zip without the members whose names match. */
export function without(zip: Buffer, name: RegExp): Buffer {
  const kept = members(zip).filter((m) => !name.test(m.name));
  let offset = 0;
  const headers = kept.map(({ header, local }) => {
    const moved = Buffer.from(header);
    moved.writeUInt32LE(offset, 42);
    offset += local.length;
    return moved;
  });
  const directory = Buffer.concat(headers);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(kept.length, 8);
  end.writeUInt16LE(kept.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...kept.map(({ local }) => local), directory, end]);
}
