using System.Globalization;
using Fanout.Cli.Parsing;

namespace Fanout.Cli.Profiling;

/// <summary>What <c>profile</c> was asked for.</summary>
internal sealed record ProfileRequest
{
    /// <summary>The run whose process it is; null: <see cref="ProcessId"/> says.</summary>
    public required string? RunId { get; init; }

    /// <summary>The process; null: <see cref="RunId"/> says.</summary>
    public required int? ProcessId { get; init; }

    /// <summary><c>cpu</c>, <c>alloc</c> or <c>locks</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>How long.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>A directory, or a file's name without its ending; null: the current directory.</summary>
    public required string? Output { get; init; }

    /// <summary>What is profiled, for people.</summary>
    public string Subject => RunId is { } run ? $"run {run}" : string.Create(CultureInfo.InvariantCulture, $"process {ProcessId}");

    /// <summary>Carries a request out; the result is the exit code.</summary>
    public static async Task<int> RunAsync(CommandContext context, ProfileRequest request)
    {
        var files = ProfileFiles.Of(request, context.Environment.Time.GetUtcNow());
        IRecording recording = context.IsAtServer ? new RemoteRecording(context) : new LocalRecording(context);
        await recording.RecordAsync(request, files.Trace);
        return ProfileReport.Print(context, request, files);
    }

    /// <summary>This, if it is legal.</summary>
    /// <exception cref="UsageException">It is not.</exception>
    public ProfileRequest Checked(CommandContext context, int mostSecondsAtServer)
    {
        if (RunId is { Length: 0 })
            throw new UsageException("RUN is empty. Give a run's id; list shows them.");
        if (RunId is null && ProcessId is null)
            throw new UsageException("profile: RUN is missing. Give the id of a run that is under way, or a process with --pid N.");
        if (RunId is not null && ProcessId is not null)
            throw new UsageException("--pid: RUN says already which process it is. Give one of them.");
        if (!context.IsAtServer)
            return this;
        if (ProcessId is not null)
            throw new UsageException("--pid: a server profiles its own process only. Leave out --server, or give the run that it drives.");
        return Duration.TotalSeconds <= mostSecondsAtServer
            ? this
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--seconds: a server records {mostSecondsAtServer} s at most."));
    }
}

/// <summary>Records what a process does.</summary>
internal interface IRecording
{
    /// <summary>Records until the time is over or the first Ctrl+C; what there is until then is written.</summary>
    /// <param name="request">What of.</param>
    /// <param name="path">The trace's file.</param>
    Task RecordAsync(ProfileRequest request, string path);
}
