using System.Globalization;
using System.Net.Sockets;
using Microsoft.Diagnostics.NETCore.Client;

namespace Fanout.Diagnostics.Recording;

/// <summary>Records what a .NET process of this machine does, through EventPipe, into a file of the format <c>.nettrace</c>.</summary>
/// <param name="time">The clock.</param>
public sealed class TraceRecorder(TimeProvider time)
{
    /// <summary>What the process may keep of events that were not read yet, in MiB.</summary>
    private const int BufferMegabytes = 128;

    // A process that is stopped, or starved, does not answer.
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(20);

    // After the end it still names every method it has compiled.
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(60);

    /// <summary>Looks whether a process can be profiled, as <see cref="RecordAsync"/> does first.</summary>
    /// <exception cref="ProfileException">It cannot.</exception>
    public static void Check(int processId) => ProcessCheck.Require(processId);

    /// <summary>Records until the time is over, the process ends, or <paramref name="stop"/> is cancelled: what was recorded until then is a whole trace.</summary>
    /// <param name="processId">The process; it may be this one.</param>
    /// <param name="kind">What to record.</param>
    /// <param name="duration">How long.</param>
    /// <param name="path">The file, made or replaced.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="ProfileException">The process cannot be profiled, or the file not be written; nothing is left of it.</exception>
    public async Task RecordAsync(int processId, ProfileKind kind, TimeSpan duration, string path, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(path);
        ProcessCheck.Require(processId);
        try
        {
            await using var file = Create(path);
            using var session = await StartAsync(processId, kind).ConfigureAwait(false);
            await CopyAsync(session, file, duration, stop).ConfigureAwait(false);
            await file.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Delete(path);
            throw new ProfileException($"{path}: the trace cannot be written: {failure.Message} Free some space, or choose another place.", failure);
        }
        catch (ProfileException)
        {
            Delete(path);
            throw;
        }
    }

    private static FileStream Create(string path) => new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 16, useAsync: true);

    private async Task<EventPipeSession> StartAsync(int processId, ProfileKind kind)
    {
        using var patience = new CancellationTokenSource(AnswerWithin, time);
        try
        {
            return await new DiagnosticsClient(processId)
                .StartEventPipeSessionAsync(EventProviders.Of(kind), requestRundown: true, BufferMegabytes, patience.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is DiagnosticsClientException or SocketException or IOException or OperationCanceledException or TimeoutException)
        {
            var why = failure is OperationCanceledException or TimeoutException
                ? string.Create(CultureInfo.InvariantCulture, $"it did not answer within {AnswerWithin.TotalSeconds} s. Is it stopped, or is the machine overloaded?")
                : failure.Message;
            throw new ProfileException(string.Create(CultureInfo.InvariantCulture, $"Process {processId} cannot be profiled: {why}"), failure);
        }
    }

    private async Task CopyAsync(EventPipeSession session, FileStream file, TimeSpan duration, CancellationToken stop)
    {
        using var giveUp = new CancellationTokenSource();
        var copy = session.EventStream.CopyToAsync(file, giveUp.Token);
        await WaitAsync(copy, duration, stop).ConfigureAwait(false);
        if (!copy.IsCompleted)
        {
            giveUp.CancelAfter(EndWithin);
            await StopAsync(session, giveUp.Token).ConfigureAwait(false);
        }

        try
        {
            await copy.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new ProfileException(string.Create(CultureInfo.InvariantCulture, $"The process did not end the recording within {EndWithin.TotalSeconds} s. Is it stopped, or is the machine overloaded?"));
        }
    }

    private async Task WaitAsync(Task copy, TimeSpan duration, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var wait = Task.Delay(duration, time, over.Token);
        await Task.WhenAny(copy, wait).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Of a process that is gone meanwhile the stream has ended by itself.
    private static async Task StopAsync(EventPipeSession session, CancellationToken cancellationToken)
    {
        try
        {
            await session.StopAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is DiagnosticsClientException or SocketException or IOException or OperationCanceledException)
        {
        }
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What could not be written cannot be deleted either; the first failure is told.
        }
    }
}
