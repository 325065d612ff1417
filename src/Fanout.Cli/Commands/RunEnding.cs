using Fanout.Cli.Parsing;
using Fanout.Cli.Rendering;
using Fanout.Runs;

namespace Fanout.Cli.Commands;

/// <summary>What is printed when the work on a run is over, and the exit code it comes to.</summary>
internal static class RunEnding
{
    /// <summary>The report of a run that has ended; of one that was interrupted, how to continue it.</summary>
    public static int Print(CommandContext context, RunRecord record, string located)
    {
        if (record.Report is not { } report)
            return PrintInterrupted(context, record);
        var announced = AnnouncementText.Of(record, context.Hints);
        if (context.Json)
            context.PrintJson(report);
        else
            context.Print(ReportText.Format(report, report.Results ?? located, context.Hints, announced));
        // The JSON is the report, which says nothing of it.
        if (context.Json && record.Announcement is { Status: not AnnouncementStatus.Announced })
            context.Environment.Error.WriteLine(JsonText.NoteLine($"Run {record.Id} is announced: {announced}"));
        return record.AwaitsAnnouncement ? ExitCodes.Cancelled : ExitCodes.Of(report.Status);
    }

    private static int PrintInterrupted(CommandContext context, RunRecord record)
    {
        var elsewhere = record.DrivenBy is not null || context.IsAtServer;
        var next = context.Hints.Command(elsewhere ? "status" : "resume", record.Id);
        if (context.Json)
            context.PrintJson(JsonText.Interrupted(record, next));
        context.Environment.Error.WriteLine(context.IsAtServer
            ? $"Run {record.Id} goes on at the server.{Environment.NewLine}  see it with: {next}{Environment.NewLine}  end it with: {context.Hints.Command("cancel", record.Id)}"
            : elsewhere ? $"Run {record.Id} goes on in {record.DrivenBy}. See it with: {next}" : InterruptedText.Of(record, next));
        return ExitCodes.Cancelled;
    }
}
