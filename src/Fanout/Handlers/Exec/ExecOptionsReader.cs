using System.Text.Json;
using Fanout.Handlers.Options;
using Fanout.Handlers.Templates;

namespace Fanout.Handlers.Exec;

internal static class ExecOptionsReader
{
    private const string CommandRemedy = "Give the program and its arguments as an array of strings, such as [\"convert\", \"{}\", \"-resize\", \"50%\"].";

    private static readonly string[] Known =
        ["command", "append", "env", "workingDirectory", "input", "output", "maxOutputBytes", "successExitCodes", "permanentExitCodes"];

    public static IReadOnlyList<SpecError> Validate(JsonElement? options)
    {
        var reader = new OptionsReader("exec", options, Known);
        var read = Read(reader);
        CheckProgram(reader, read);
        return reader.Errors;
    }

    /// <exception cref="SpecException">They are not legal.</exception>
    public static ExecOptions Read(JsonElement? options)
    {
        var reader = new OptionsReader("exec", options, Known);
        var read = Read(reader);
        return reader.Errors.Count == 0 ? read : throw new SpecException(reader.Errors);
    }

    private static ExecOptions Read(OptionsReader reader)
    {
        bool itemIsInput = reader.Choice("input", "none", "item") == 1;
        return new()
        {
            Command = ReadCommand(reader, itemIsInput),
            Environment = ReadEnvironment(reader),
            WorkingDirectory = reader.Template("workingDirectory"),
            ItemIsInput = itemIsInput,
            Output = (ExecOutput)reader.Choice("output", "text", "json", "none"),
            MaxOutputBytes = reader.Number("maxOutputBytes", ExecOptions.DefaultMaxOutputBytes, 1, 16 * 1024 * 1024),
            SuccessExitCodes = ReadExitCodes(reader, "successExitCodes") ?? new HashSet<int> { 0 },
            PermanentExitCodes = ReadExitCodes(reader, "permanentExitCodes") ?? [],
        };
    }

    private static List<Template> ReadCommand(OptionsReader reader, bool itemIsInput)
    {
        var append = reader.Flag("append");
        var elements = reader.Elements("command", CommandRemedy);
        if (elements.Count == 0 && reader.Find("command") is not { ValueKind: not JsonValueKind.Array })
            reader.Refuse("/command", reader.Find("command"), "is missing or empty.", CommandRemedy);
        var command = new List<Template>(elements.Count + 1);
        foreach (var (pointer, value) in elements)
        {
            if (reader.Template(pointer, value) is not { } template)
                continue;
            if (template.Text.Contains('\0', StringComparison.Ordinal) || (command.Count == 0 && template.Text.Length == 0))
                reader.Refuse(pointer, value, "cannot be passed to a program.", "Use text without NUL; the program's name cannot be empty.");
            command.Add(template);
        }
        // What users of xargs and parallel expect: a command that does not say where the item goes gets it as its last argument.
        if (append ?? (!itemIsInput && command.TrueForAll(template => template.IsConstant)))
            command.Add(Template.Item);
        return command;
    }

    private static List<(string, Template)> ReadEnvironment(OptionsReader reader)
    {
        var environment = new List<(string, Template)>();
        foreach (var (name, pointer, template) in reader.Templates("env"))
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
                reader.Refuse(pointer, null, "is not the name of an environment variable.", "Use a name without '='.");
            environment.Add((name, template));
        }
        return environment;
    }

    private static HashSet<int>? ReadExitCodes(OptionsReader reader, string name)
    {
        if (reader.Find(name) is null)
            return null;
        var codes = new HashSet<int>();
        foreach (var (pointer, value) in reader.Elements(name, "Use an array of exit codes, such as [0, 1]."))
        {
            if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var code) && code is >= 0 and <= 255)
                codes.Add(code);
            else
                reader.Refuse(pointer, value, "is not an exit code.", "Use whole numbers from 0 to 255.");
        }
        return codes;
    }

    private static void CheckProgram(OptionsReader reader, ExecOptions options)
    {
        if (options.WorkingDirectory is { IsConstant: true } directory && !Directory.Exists(directory.Text))
            reader.Refuse("/workingDirectory", reader.Find("workingDirectory"), "does not exist.", "Create it, or name one that exists.");
        else if (options.Command is [{ IsConstant: true, Text.Length: > 0 } program, ..] && options.WorkingDirectory is null or { IsConstant: true })
            CheckProgram(reader, ProgramPath.Unescape(program), options.WorkingDirectory?.Text);
    }

    private static void CheckProgram(OptionsReader reader, string program, string? directory)
    {
        var value = reader.Find("command") is { ValueKind: JsonValueKind.Array } command ? command[0] : (JsonElement?)null;
        switch (ProgramPath.Find(program, directory, out _))
        {
            case ProgramState.Missing:
                reader.Refuse("/command/0", value, "is not a program on this machine.", "Install it, correct its name, or give its full path.");
                break;
            case ProgramState.NotExecutable:
                reader.Refuse("/command/0", value, "may not be executed.", "Make it executable (chmod +x), or name its interpreter first.");
                break;
        }
    }
}
