using System.Text;
using Fanout.Cli.Parsing;

namespace Fanout.Cli;

/// <summary>The one place where exceptions become a message and an exit code.</summary>
internal static class ErrorBoundary
{
    /// <summary>Set to 1, stack traces are shown.</summary>
    public const string DebugVariable = "FANOUT_DEBUG";

    /// <summary>Runs a command; whatever it throws is said on standard error.</summary>
    public static async Task<int> RunAsync(CommandContext context, Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
#pragma warning disable CA1031 // Nothing may leave the process as a stack trace.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var (exitCode, message) = Describe(exception, context);
            if (message.Length > 0)
                context.Environment.Error.WriteLine(message);
            if (context.Environment.Variable(DebugVariable) == "1")
                context.Environment.Error.WriteLine(exception);
            return exitCode;
        }
    }

    /// <summary>What an exception means to whoever typed the command.</summary>
    public static (int ExitCode, string Message) Describe(Exception exception, CommandContext context)
    {
        var name = context.Environment.ProgramName;
        return exception switch
        {
            SpecException refused => (ExitCodes.Refused, DescribeSpec(refused, context)),
            UsageException or RunException or LimitException => (ExitCodes.Refused, $"{name}: {exception.Message}"),
            FailureException => (ExitCodes.Failed, $"{name}: {exception.Message}"),
            SourceException => (ExitCodes.Refused, $"{name}: {exception.Message}{LeftAsItIs(context)}"),
            RemoteException server => (server.Status < 500 ? ExitCodes.Refused : ExitCodes.Failed, $"{name}: {server.Message}{HowToGiveAKey(server)}{Resumable(context)}"),
            StorageException => (ExitCodes.Failed, $"{name}: {exception.Message}{Resumable(context)}"),
            OperationCanceledException => (ExitCodes.Cancelled, ""),
            _ => (ExitCodes.Failed, Unexpected(exception, context)),
        };
    }

    private static string DescribeSpec(SpecException refused, CommandContext context)
    {
        var text = new StringBuilder();
        foreach (var error in refused.Errors)
        {
            var place = PlaceOf(error.Pointer, context);
            var value = error.Value is null ? "" : error.Value + " ";
            text.Append(text.Length > 0 ? Environment.NewLine : "").Append(context.Environment.ProgramName).Append(": ")
                .Append(place).Append(": ").Append(value).Append(error.Problem).Append(' ').Append(error.Remedy);
        }

        return text.ToString().TrimEnd();
    }

    private static string PlaceOf(string pointer, CommandContext context)
    {
        if (context.Exec is not null && pointer.StartsWith("/handler/options/command", StringComparison.Ordinal))
            return "-- COMMAND";
        var flag = context.Environment.Specs.FlagFor(pointer, context.SourceKind);
        if (context.SpecOrigin is null)
            return flag ?? (pointer.Length == 0 ? "spec" : pointer);
        return flag is not null && context.IsGiven(flag) ? flag : $"{context.SpecOrigin}: {(pointer.Length == 0 ? "/" : pointer)}";
    }

    private static string LeftAsItIs(CommandContext context) =>
        context.RunId is { } runId ? $"{Environment.NewLine}Run {runId} is left as it is. See it with: {context.Hints.Command("status", runId)}" : "";

    private static string Resumable(CommandContext context) => context.RunId is not { } runId ? ""
        : context.IsAtServer ? $"{Environment.NewLine}Run {runId} is the server's, and goes on with it. See it with: {context.Hints.Command("status", runId)}"
        : $"{Environment.NewLine}Run {runId} can be continued when this is mended: {context.Hints.Command("resume", runId)}";

    private static string HowToGiveAKey(RemoteException server) => server.Status is 401 or 403
        ? $"{Environment.NewLine}Put the key into the environment variable {ServerFlags.KeyVariable}, or name another with --key-from."
        : "";

    private static string Unexpected(Exception exception, CommandContext context)
    {
        var message = $"{context.Environment.ProgramName}: unexpected error: {exception.Message}";
        return context.Environment.Variable(DebugVariable) == "1"
            ? message
            : $"{message} (set {DebugVariable}=1 for details){Resumable(context)}";
    }
}
