using Fanout.Api;
using Fanout.Api.Tests.Support;
using Fanout.Server.Listening;
using Fanout.Server.Security;
using Microsoft.Extensions.DependencyInjection;

namespace Fanout.Server.Tests.Support;

/// <summary>A server over a home of its own, on a port of this machine.</summary>
public sealed class ServerHost : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    private ServerHost(TestHome home, FanoutServer server)
    {
        Home = home;
        Server = server;
        Client = new HttpClient { BaseAddress = new Uri(server.Urls[0]) };
    }

    public TestHome Home { get; }

    public HttpClient Client { get; }

    internal FanoutServer Server { get; }

    /// <summary>What the audit log has.</summary>
    public string Audit => File.ReadAllText(Path.Combine(Home.Path, "audit.jsonl"));

    public static Task<ServerHost> StartAsync(Func<ServerOptions, ServerOptions>? configure = null) => StartAsync(_ => { }, configure);

    /// <summary>Starts it after <paramref name="prepare"/> has done what is to be there before.</summary>
    public static async Task<ServerHost> StartAsync(Action<TestHome> prepare, Func<ServerOptions, ServerOptions>? configure = null, Action<IServiceCollection>? services = null)
    {
        var home = await TestHome.OpenAsync(services);
        try
        {
            prepare(home);
            var options = new ServerOptions { Directory = home.Path, Version = "1.2.3", Addresses = ServerAddress.Read("http://127.0.0.1:0") };
            options = configure?.Invoke(options) ?? options;
            return new ServerHost(home, await FanoutServer.StartAsync(home.Fanout, options, CancellationToken.None));
        }
        catch
        {
            await home.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has it drive runs.</summary>
    public ServerHost Drive()
    {
        _running = Server.RunAsync(_stop.Token, CancellationToken.None);
        return this;
    }

    /// <summary>Stops it, as the first Ctrl+C does.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <summary>A client that shows a key.</summary>
    public HttpClient ClientWith(string key)
    {
        var client = new HttpClient { BaseAddress = Client.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public static string AddKey(TestHome home, string name, ApiRole role) => new KeyFile(home.Path).Add(name, role, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        Home.Gate.TrySetResult();
        await StopAsync();
        Client.Dispose();
        await Server.DisposeAsync();
        await Home.DisposeAsync();
        _stop.Dispose();
    }
}
