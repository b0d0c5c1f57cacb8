// Compares the submissions of a class with the library of Dolos (https://dolos.ugent.be): winnowing over the tokens of
// the syntax tree.
//
// `node compare.mjs INPUT` reads a request from a file and writes what it found to standard output, both as JSON. What
// the two hold is said by `protocol.rs`.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { File, FingerprintIndex, Region, TokenizedFile } from "@dodona/dolos-core";
import { Language, Parser } from "web-tree-sitter";

// As Dolos has them by default: tokens in a fingerprint, and fingerprints of which one is kept.
const KGRAM = 23;
const WINDOW = 17;

await Parser.init();
const parser = new Parser();
const grammar = createRequire(import.meta.url).resolve("tree-sitter-rust/tree-sitter-rust.wasm");
parser.setLanguage(await Language.load(readFileSync(grammar)));

// What Dolos makes of a tree: the kind of every named node in brackets, without comments, so that neither names nor
// layout count. A node begins where it begins and ends where its first child does. Not recursive: code may be deep.
function tokenized({ path, text, full_name: fullName, created_at: createdAt }) {
  const [tokens, mapping] = [[], []];
  const token = (text, region) => {
    tokens.push(text);
    mapping.push(region);
  };
  const tree = parser.parse(text);
  const pending = [{ node: tree.rootNode }];
  while (pending.length > 0) {
    const { node, closes } = pending.pop();
    if (closes) {
      token(")", closes);
      continue;
    }
    if (node.type.includes("comment")) continue;
    const children = node.namedChildren;
    const { row: startRow, column: startCol } = node.startPosition;
    const end = (children.find((child) => !child.type.includes("comment")) ?? null)?.startPosition ?? node.endPosition;
    const region = new Region(startRow, startCol, end.row, end.column);
    token("(", region);
    token(node.type, region);
    pending.push({ closes: region });
    for (const child of children.reverse()) pending.push({ node: child });
  }
  tree.delete();
  return new TokenizedFile(new File(path, text, { fullName, createdAt }), tokens, mapping);
}

const index = () => new FingerprintIndex(KGRAM, WINDOW);

// What at least half of the right solutions have is what the task asks for.
function common(right) {
  const known = index();
  known.addFiles(right.map(tokenized));
  const many = Math.max(2, right.length / 2);
  return known.sharedFingerprints().filter((shared) => shared.fileCount() >= many).map((shared) => shared.hash);
}

// Lines are counted from 1, the last one included.
const lines = ({ startRow, endRow, endCol }) => [startRow + 1, Math.max(startRow, endCol === 0 ? endRow - 1 : endRow) + 1];

function compared({ boilerplate, right, files, most, least }) {
  const all = index();
  for (const file of boilerplate) all.addIgnoredFile(tokenized(file));
  all.addIgnoredHashes(common(right));
  all.addFiles(files.map(tokenized));
  const pairs = all.allPairs("similarity").filter((pair) => pair.similarity >= least);
  return pairs.slice(0, most).map((pair) => ({
    left: pair.leftFile.path,
    right: pair.rightFile.path,
    similarity: pair.similarity,
    passages: pair.buildFragments().map((fragment) => ({
      left: lines(fragment.leftSelection),
      right: lines(fragment.rightSelection),
    })),
  }));
}

process.stdout.write(JSON.stringify(compared(JSON.parse(readFileSync(process.argv[2], "utf8")))));
