using Fanout.Cli.Driving;

namespace Fanout.Cli.Rendering;

/// <summary>What is said when a signal to stop came.</summary>
internal static class StopText
{
    /// <summary>One line, when the run is a server's.</summary>
    public const string AtServer = "No longer watching; the run goes on at the server.";

    /// <summary>One line.</summary>
    public static string Of(StopStage stage, int inFlight, TimeSpan grace) => stage switch
    {
        StopStage.Stopping when inFlight > 0 =>
            $"Stopping: letting {Figures.Count(inFlight)} in flight finish (up to {Figures.Duration(grace)}); Ctrl+C again cancels them.",
        StopStage.Stopping => "Stopping.",
        _ => "Cancelling what is in flight; Ctrl+C again exits at once.",
    };
}
