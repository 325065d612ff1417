using Fanout.Runs;
using Fanout.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Fanout.Api.Tests.Support;

/// <summary>The API's routes over a home, on a real web server, with nothing else before them. Runs go on when the test drives them.</summary>
public sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiHost(TestHome home, WebApplication app)
    {
        Home = home;
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public TestHome Home { get; }

    public HttpClient Client { get; }

    /// <summary>Runs that requests have started or resumed.</summary>
    public List<string> Given { get; } = [];

    public static async Task<ApiHost> StartAsync(Func<ApiHome, ApiHome>? configure = null)
    {
        var home = await TestHome.OpenAsync();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        ApiHost? host = null;
        var apiHome = new ApiHome
        {
            Runs = home.Fanout.Client,
            Limits = home.Fanout.Limits,
            Registry = home.Fanout.Registry,
            Directory = home.Path,
            OnStarted = runId => host!.Given.Add(runId),
            Capabilities = new Capabilities { Version = "1.2.3", Engine = "Embedded", Handlers = ["echo"], Sources = ["range"] },
        };
        apiHome = configure?.Invoke(apiHome) ?? apiHome;
        app.MapFanoutApi(_ => apiHome);
        await app.StartAsync();
        return host = new ApiHost(home, app);
    }

    /// <summary>Drives a run to its end.</summary>
    public Task<RunReport?> DriveAsync(string runId) => Home.Fanout.Driver.DriveAsync(runId, CancellationToken.None, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await Home.DisposeAsync();
    }
}
