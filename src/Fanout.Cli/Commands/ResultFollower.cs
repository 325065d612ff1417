using System.Text.Json.Nodes;
using Fanout.Cli.Parsing;
using Fanout.Runs;

namespace Fanout.Cli.Commands;

/// <summary>
/// Prints the outcomes of a run while it goes on. They are printed in item order, so while the run goes on only up to the first item
/// that is not settled; a run that keeps only failures has no such place, and is printed when it has ended.
/// </summary>
/// <param name="context">The invocation.</param>
/// <param name="client">The runs.</param>
/// <param name="printer">Prints.</param>
internal sealed class ResultFollower(CommandContext context, IRunClient client, ResultPrinter printer)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    private long _next;
    private bool _saidNobodyDrives;

    /// <summary>Returns when the run has ended and all is printed.</summary>
    public async Task FollowAsync(string runId, bool onlyFailed)
    {
        while (true)
        {
            var record = await client.GetAsync(runId, context.Stop);
            if (record.Report is not null)
            {
                await PrintRestAsync(runId, onlyFailed);
                return;
            }

            if (KeepsAll(record))
                await PrintSettledAsync(runId);
            SayWhenNobodyDrives(record);
            await Task.Delay(PollInterval, context.Environment.Time, context.Stop);
        }
    }

    private async Task PrintSettledAsync(string runId)
    {
        await foreach (var line in client.ReadResultsAsync(runId, ResultsCommand.Query(onlyFailed: false, _next), context.Stop))
        {
            if (line.Index != _next)
                break;
            await printer.PrintAsync(line);
            _next++;
        }

        await printer.FlushAsync();
    }

    private async Task PrintRestAsync(string runId, bool onlyFailed)
    {
        await foreach (var line in client.ReadResultsAsync(runId, ResultsCommand.Query(onlyFailed, _next), context.Stop))
            await printer.PrintAsync(line);
    }

    private void SayWhenNobodyDrives(RunRecord record)
    {
        if (record.DrivenBy is not null || _saidNobodyDrives)
            return;
        _saidNobodyDrives = true;
        context.Environment.Error.WriteLine(
            $"Nobody drives run {record.Id} now; waiting for it. Continue it with: {context.Hints.Command("resume", record.Id)}");
    }

    private static bool KeepsAll(RunRecord record) =>
        JsonNode.Parse(record.SpecJson)?["results"]?["keep"]?.GetValue<string>() is null or "all" or "All";
}
