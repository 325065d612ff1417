using System.CommandLine;
using System.Globalization;
using Fanout.Cli.Parsing;
using Fanout.Dispatch;

namespace Fanout.Cli.Commands;

/// <summary><c>worker</c>: works batches of runs that are dispatched by queue.</summary>
internal static class WorkerCommand
{
    private const int MostBatches = 1_000;
    private static readonly TimeSpan ShortestVisibility = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestVisibility = TimeSpan.FromHours(1);

    public static CommandDefinition Create(GeneralFlags flags)
    {
        var grace = new GraceFlag();
        var batches = new Option<string?>("--batches")
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"Batches worked at once (default: {new BatchWorkerOptions().Loops})"),
            HelpName = "N",
        };
        var visibility = new Option<string?>("--visibility")
        {
            Description = "How soon a batch goes to another worker when this one dies (default: 30s)",
            HelpName = "DURATION",
        };
        var command = new CliCommand("worker", "Work batches of runs whose spec says dispatch: queue, until stopped.")
        {
            Synopsis = "--storage azure:CONNECTION [OPTIONS]",
            Details = "Start as many as you like, on as many machines as you like; each may be killed at any moment. Its program must have the handlers of the runs.",
            Examples = [("--storage azure:mystorage", "one more worker, as whoever is signed in")],
        };
        command.Add(new FlagGroup("Worker", [batches, visibility, grace.Option]));
        command.Add(flags.Group(GeneralFlags.CreateJson()));
        return new CommandDefinition(command, context => WorkAsync(context, new BatchWorkerOptions
        {
            Loops = ReadBatches(context.Parse.GetValue(batches)),
            Visibility = ReadVisibility(context, context.Parse.GetValue(visibility)),
            Grace = grace.Read(context),
        }));
    }

    private static async Task<int> WorkAsync(CommandContext context, BatchWorkerOptions options)
    {
        var home = context.OwnHomeOptions(options.Grace);
        if (home.Storage is null)
            throw new UsageException("--storage: is missing. Give the storage account whose runs are to be worked: azure:ACCOUNT or azure:CONNECTION-STRING.");
        if (!context.Quiet)
            context.Environment.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Working up to {options.Loops} batches at once. Ctrl+C stops, and hands back what is not done."));
        await context.Environment.Work(home, options, context.Stop, context.Environment.Signals.Abort);
        return ExitCodes.Success;
    }

    private static int ReadBatches(string? text)
    {
        if (text is null)
            return new BatchWorkerOptions().Loops;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MostBatches
            ? number
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--batches: \"{text}\" is not a whole number from 1 to {MostBatches:N0}."));
    }

    private static TimeSpan ReadVisibility(CommandContext context, string? text)
    {
        if (text is null)
            return new BatchWorkerOptions().Visibility;
        return context.Environment.Specs.TryReadDuration(text, out var visibility) && visibility >= ShortestVisibility && visibility <= LongestVisibility
            ? visibility
            : throw new UsageException($"--visibility: \"{text}\" is not a duration from 1s to 1h. Write a number with its unit, such as 30s.");
    }
}
