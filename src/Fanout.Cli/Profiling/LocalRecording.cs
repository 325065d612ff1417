using Fanout.Cli.Parsing;
using Fanout.Diagnostics;
using Fanout.Diagnostics.Recording;
using Fanout.Runs;

namespace Fanout.Cli.Profiling;

/// <summary>Records a process of this machine.</summary>
/// <param name="context">The invocation.</param>
internal sealed class LocalRecording(CommandContext context) : IRecording
{
    public async Task RecordAsync(ProfileRequest request, string path)
    {
        var processId = request.ProcessId ?? await FindDriverAsync(request.RunId!);
        try
        {
            TraceRecorder.Check(processId);
            ProfileReport.Announce(context, request, $"process {processId}");
            await new TraceRecorder(context.Environment.Time).RecordAsync(processId, ProfileReport.KindOf(request), request.Duration, path, context.Stop);
        }
        catch (ProfileException failure)
        {
            throw ProfileReport.Explain(failure);
        }
    }

    private async Task<int> FindDriverAsync(string runId)
    {
        await using var home = await context.OpenHomeOfAsync(runId);
        var run = await home.Client.GetAsync(runId, context.Stop);
        if (run.Report is not null && run.DrivenBy is null)
            throw new RunException(runId, $"Run '{runId}' has ended, and no process works it any more. Profile a run while it is under way.");
        if (run.DrivenBy is not { } driver)
            throw new RunException(runId, $"Run '{runId}' is driven by nobody now, so that there is no process to profile. Continue it first: {context.Hints.Command("resume", runId)}");
        return ProcessOwner.ProcessIdHere(driver)
            ?? throw new RunException(runId, $"Run '{runId}' is driven by {driver}, a process of another machine. Run this command there; of a server started with --allow-profile it can be had with --server URL.");
    }
}
