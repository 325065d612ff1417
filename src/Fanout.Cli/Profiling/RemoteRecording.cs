using Fanout.Cli.Parsing;
using Fanout.Cli.Wiring;

namespace Fanout.Cli.Profiling;

/// <summary>Has a server record itself.</summary>
/// <param name="context">The invocation.</param>
internal sealed class RemoteRecording(CommandContext context) : IRecording
{
    public async Task RecordAsync(ProfileRequest request, string path)
    {
        await using var server = context.OpenServer();
        ProfileReport.Announce(context, request, "the server");
        // The first Ctrl+C has the server end it, and what there is still comes; the second ends the wait.
        var stopping = Task.CompletedTask;
        await using var stop = context.Stop.Register(() => stopping = StopAsync(server));
        try
        {
            await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 16, useAsync: true);
            await server.RecordProfileAsync(request.RunId!, request.Kind, (int)request.Duration.TotalSeconds, file, context.Environment.Signals.Abort);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            File.Delete(path);
            throw new FailureException($"{path}: the trace cannot be written: {failure.Message} Free some space, or choose another place with --out.", failure);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
        finally
        {
            await stopping;
        }
    }

    private static async Task StopAsync(IServerHome server)
    {
        try
        {
            await server.StopProfileAsync(CancellationToken.None);
        }
        catch (FanoutException)
        {
            // It is over already, or the server is away: the recording tells.
        }
    }
}
