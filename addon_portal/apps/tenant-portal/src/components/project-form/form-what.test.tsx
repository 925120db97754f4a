// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it } from "vitest";
import { FormSuccess } from "@/components/project-form/form-endings";
import { FormWhat } from "@/components/project-form/form-what";
import { type FormState, useProjectForm } from "@/hooks/use-project-form";
import { formOf } from "@/lib/project-form";
import { requestOf } from "@/lib/project-request";
import { makeProject } from "@/testing/factories";

const SCRIPT = 'set -e\necho "it\'s"\nexit 3';
const PEM = "-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n";
const CHECK = { file: null, output_matches: null, output_lacks: null, timeout_seconds: 60 };
const STORED = makeProject({
  command: ["sh", "-c", SCRIPT],
  env: { KEY: PEM },
  success_check: { ...CHECK, command: ["sh", "-c", "test -s out\ntest -s log"] },
});

afterEach(cleanup);

let form: FormState;

function Form() {
  form = useProjectForm(formOf(STORED, null, "UTC"));
  return (
    <>
      <FormWhat form={form} />
      <FormSuccess form={form} />
    </>
  );
}

const show = () =>
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { enabled: false } } })}>
      <Form />
    </QueryClientProvider>,
  );

it("lines of commands and of values outlive what is typed behind them", async () => {
  show();
  const user = userEvent.setup();
  await user.type(screen.getByLabelText("Command"), " --full");
  await user.type(screen.getByLabelText("This command ends with 0"), " x");
  await user.type(screen.getByLabelText("Value of KEY"), "end");
  const { request } = requestOf(form.values);
  expect(request.command).toEqual(["sh", "-c", SCRIPT, "--full"]);
  expect(request.success_check?.command).toEqual(["sh", "-c", "test -s out\ntest -s log", "x"]);
  expect(request.env).toEqual({ KEY: `${PEM}end` });
});

it("a value shows its lines only to whoever wants to see it", async () => {
  show();
  const value = screen.getByLabelText("Value of KEY");
  expect(value).toHaveAttribute("rows", "1");
  expect(value.className).toContain("text-security:disc");
  await userEvent.click(screen.getByRole("button", { name: "Show the values" }));
  expect(value).toHaveAttribute("rows", "4");
  expect(value.className).not.toContain("text-security");
  expect(screen.getByLabelText("Command")).toHaveAttribute("rows", "3");
});
