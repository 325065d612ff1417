using System.Globalization;
using System.Text;
using Fanout.Handlers.Templates;

namespace Fanout.Handlers.Exec;

/// <summary>Renders commands for items from the options. Shared by all threads.</summary>
internal sealed class CommandTemplate
{
    // Linux refuses a single string over 128 KiB; an item this large is not what an environment variable is for.
    private const int LargestItemVariable = 32 * 1024;
    // As https://opentelemetry.io/docs/specs/otel/context/env-carriers/ has it: what a command does goes on in the item's trace.
    private const string Carrier = "TRACEPARENT";

    private static readonly string? Inherited = Environment.GetEnvironmentVariable(Carrier);
    private static readonly string[] OwnVariables = ["FANOUT_RUN_ID", "FANOUT_ITEM_INDEX", "FANOUT_ATTEMPT", "FANOUT_IDEMPOTENCY_KEY", "FANOUT_ITEM", Carrier];
    private readonly ExecOptions _options;
    private readonly (byte[] NameAndEquals, Template Value)[] _variables;
    private readonly string? _program;
    private readonly HashSet<string> _own;

    public CommandTemplate(ExecOptions options)
    {
        _options = options;
        _variables = [.. options.Environment.Select(variable => (Encoding.UTF8.GetBytes(variable.Name + "="), variable.Value))];
        _own = [.. OwnVariables.Except(options.Environment.Select(variable => variable.Name))];
        if (options.Command[0].IsConstant)
            ProgramPath.Find(ProgramPath.Unescape(options.Command[0]), null, out _program);
    }

    /// <summary>Names of the variables a command gets on top of this process's environment.</summary>
    public IEnumerable<string> VariableNames => _own.Concat(_options.Environment.Select(variable => variable.Name));

    /// <exception cref="PermanentItemException">The item does not fit the command.</exception>
    public void Render(ItemContext context, RenderedCommand command, string? traceParent = null)
    {
        command.Clear();
        foreach (var argument in _options.Command)
            command.AddArgument(argument, context);
        foreach (var (name, value) in _variables)
            command.AddVariable(name, value, context);
        AddOwnVariables(context, command);
        if (_own.Contains(Carrier) && (traceParent ?? Inherited) is { } place)
            command.AddVariable("TRACEPARENT="u8, place);
        if (_options.WorkingDirectory is { } directory)
            command.SetDirectory(directory, context);
        if (_options.ItemIsInput)
            command.SetInput(context);
        command.SetProgram(_program ?? FindProgram(command));
    }

    private static string FindProgram(RenderedCommand command)
    {
        ProgramPath.Find(command.TextAt(command.Arguments[0]), null, out var path);
        return path;
    }

    private void AddOwnVariables(ItemContext context, RenderedCommand command)
    {
        if (_own.Contains("FANOUT_RUN_ID"))
            command.AddVariable("FANOUT_RUN_ID="u8, context.RunId);
        if (_own.Contains("FANOUT_ITEM_INDEX"))
            command.AddVariable("FANOUT_ITEM_INDEX="u8, context.Index.ToString(CultureInfo.InvariantCulture));
        if (_own.Contains("FANOUT_ATTEMPT"))
            command.AddVariable("FANOUT_ATTEMPT="u8, context.Attempt.ToString(CultureInfo.InvariantCulture));
        if (_own.Contains("FANOUT_IDEMPOTENCY_KEY"))
            command.AddVariable("FANOUT_IDEMPOTENCY_KEY="u8, context.IdempotencyKey);
        if (_own.Contains("FANOUT_ITEM") && context.Item.Value.Length < LargestItemVariable)
            command.AddVariableIfPossible("FANOUT_ITEM="u8, Template.Item, context);
    }
}
