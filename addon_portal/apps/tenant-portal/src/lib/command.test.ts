import { expect, it } from "vitest";
import { commandText, parseCommand } from "@/lib/command";

it.each([
  ["python3 etl.py --full", ["python3", "etl.py", "--full"]],
  [`sh -c 'echo "a b"; exit 3'`, ["sh", "-c", 'echo "a b"; exit 3']],
  [`echo "it's \\"so\\""`, ["echo", `it's "so"`]],
  ["a\\ b  c", ["a b", "c"]],
  ["x '' y", ["x", "", "y"]],
])("reads %s", (line, command) => {
  expect(parseCommand(line)).toEqual({ command, problem: null });
});

it("says what is wrong instead of guessing", () => {
  expect(parseCommand("echo 'a").problem).toBe("A ' is opened and not closed.");
  expect(parseCommand("  ").problem).toBe("A command has at least one word.");
});

it.each([
  [["sh", "-c", "trap '' TERM; echo \"$A\" \\n"]],
  [["a b", "", "c'd", 'e"f', "g\\h", "tab\there", "line\nbreak"]],
])("writes what it reads as the same: %j", (command) => {
  expect(parseCommand(commandText(command)).command).toEqual(command);
});
