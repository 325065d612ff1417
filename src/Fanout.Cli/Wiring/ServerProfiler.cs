using Fanout.Diagnostics;
using Fanout.Diagnostics.Reading;
using Fanout.Diagnostics.Recording;
using Fanout.Server;
using Fanout.Server.Diagnosis;

namespace Fanout.Cli.Wiring;

/// <summary>Profiles of a server's own process.</summary>
/// <param name="time">The clock.</param>
internal sealed class ServerProfiler(TimeProvider time) : IProfiler
{
    public IReadOnlyList<string> Kinds { get; } = [.. Enum.GetValues<ProfileKind>().Select(kind => kind.Word())];

    public async Task RecordAsync(string kind, TimeSpan duration, string path, CancellationToken stop)
    {
        try
        {
            await new TraceRecorder(time).RecordAsync(Environment.ProcessId, KindOf(kind), duration, path, stop);
        }
        catch (ProfileException failure)
        {
            throw new ServerException(failure.Message, failure);
        }
    }

    public Task<string> DrawAsync(string kind, string path) => Task.Run(() =>
    {
        try
        {
            return FlameGraphPage.Create(TraceReader.Read(path, KindOf(kind)), $"Fanout server, process {Environment.ProcessId}: {kind}");
        }
        catch (ProfileException failure)
        {
            throw new ServerException(failure.Message, failure);
        }
    });

    private static ProfileKind KindOf(string kind) => ProfileKindExtensions.Read(kind) ?? throw new ArgumentOutOfRangeException(nameof(kind), kind, "It is no kind of profile.");
}
