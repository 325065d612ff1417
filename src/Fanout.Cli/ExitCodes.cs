namespace Fanout.Cli;

/// <summary>What the command's exit code means.</summary>
internal static class ExitCodes
{
    /// <summary>Every item succeeded, or the request was carried out.</summary>
    public const int Success = 0;

    /// <summary>Every item is settled and some did not succeed.</summary>
    public const int SettledWithFailures = 1;

    /// <summary><c>doctor</c> found a problem.</summary>
    public const int ProblemsFound = 1;

    /// <summary>The request was refused.</summary>
    public const int Refused = 2;

    /// <summary>The run failed: tolerance exceeded, source failed, storage gone.</summary>
    public const int Failed = 3;

    /// <summary>The run reached its deadline.</summary>
    public const int Deadline = 4;

    /// <summary>Cancelled or interrupted (128 + SIGINT).</summary>
    public const int Cancelled = 130;

    /// <summary>The exit code of an ended run.</summary>
    public static int Of(RunStatus status) => status switch
    {
        RunStatus.Succeeded => Success,
        RunStatus.CompletedWithFailures => SettledWithFailures,
        RunStatus.Failed => Failed,
        RunStatus.TimedOut => Deadline,
        RunStatus.Cancelled => Cancelled,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "A run that has not ended has no exit code."),
    };
}
