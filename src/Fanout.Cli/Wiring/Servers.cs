using Fanout.Cli.Remote;
using Fanout.Client;

namespace Fanout.Cli.Wiring;

/// <summary>Opens servers. Apart from all else, so that a command without one loads nothing of HTTP.</summary>
internal static class Servers
{
    // A person waits: a server that is not there is soon told so. Whoever watches a run is more patient, and is told of it.
    private const int Attempts = 4;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RetryFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Opens it; nothing is asked of it yet.</summary>
    /// <exception cref="UsageException">The URL or the key cannot be one.</exception>
    public static IServerHome Open(ServerPlace place)
    {
        try
        {
            return new RemoteHome(new FanoutClient(new FanoutClientOptions
            {
                BaseAddress = new Uri(place.Url, UriKind.RelativeOrAbsolute),
                Key = place.Key,
                MaxAttempts = Attempts,
                FirstDelay = FirstDelay,
                RetryFor = RetryFor,
                PollEvery = PollEvery,
                Patience = TimeSpan.Zero,
            }));
        }
        catch (Exception refused) when (refused is ArgumentException or UriFormatException)
        {
            // Not repeated: there may be a password in the URL.
            throw new UsageException(refused is ArgumentException ? $"--server, --key-from: {refused.Message}" : "--server: is no URL. Write it as http://localhost:8430.");
        }
    }
}
