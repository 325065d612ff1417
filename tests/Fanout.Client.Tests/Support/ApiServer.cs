using Fanout.Api;
using Fanout.Api.Answers;
using Fanout.Dispatch;
using Fanout.Embedded;
using Fanout.Handlers;
using Fanout.Runs;
using Fanout.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fanout.Client.Tests.Support;

/// <summary>The API's real routes over a real home, whose runs a fleet drives, on a port of this machine.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fanout-api-");
    private readonly CancellationTokenSource _stop = new();
    private readonly ServiceProvider _services;
    private WebApplication? _app;
    private EmbeddedFanout? _fanout;
    private Task _driving = Task.CompletedTask;

    private ApiServer(Action<FanoutBuilder> configure)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        configure(services.AddFanout());
        _services = services.BuildServiceProvider();
    }

    public Uri Address { get; private set; } = null!;

    public EmbeddedFanout Home => _fanout!;

    /// <summary>Starts it.</summary>
    /// <param name="configure">Adds handlers.</param>
    /// <param name="key">The key that requests must have; null: none.</param>
    public static async Task<ApiServer> StartAsync(Action<FanoutBuilder>? configure = null, string? key = null)
    {
        var server = new ApiServer(configure ?? (_ => { }));
        await server.StartAsync(key);
        return server;
    }

    public FanoutClient Connect(string? key = null) => new(new FanoutClientOptions { BaseAddress = Address, Key = key, PollEvery = TimeSpan.FromMilliseconds(50) });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _driving;
        await _app!.DisposeAsync();
        await _fanout!.DisposeAsync();
        await _services.DisposeAsync();
        _stop.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task StartAsync(string? key)
    {
        _fanout = await EmbeddedFanout.OpenAsync(new HomeOptions(_directory.FullName) { Grace = TimeSpan.Zero }, _services);
        var fleet = new RunFleet(_fanout.Client, _fanout.Driver, new RunFleetOptions { LookEvery = TimeSpan.FromMilliseconds(100) });
        _driving = fleet.RunAsync(_stop.Token, _stop.Token);
        var rules = new RequestRules { AllowExec = true, AllowLocalFiles = true };
        var home = new ApiHome
        {
            Runs = _fanout.Client,
            Limits = _fanout.Limits,
            Registry = _fanout.Registry,
            Rules = rules,
            Directory = _directory.FullName,
            OnStarted = fleet.Give,
            Capabilities = new Capabilities { Version = "1.2.3", Engine = "Embedded", Handlers = [.. _fanout.Registry.Handlers.Keys], Sources = ["range"], Exec = true, LocalFiles = true },
        };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        foreach (var route in ApiRoutes.All)
            _app.MapMethods(route.Pattern, [route.Method], http => AnswerAsync(route, http, home, key));
        await _app.StartAsync();
        Address = new Uri(_app.Urls.Single());
    }

    private static async Task AnswerAsync(ApiRoute route, HttpContext http, ApiHome home, string? key)
    {
        var name = (http.GetRouteValue("id") ?? http.GetRouteValue("name")) as string;
        var result = route.Role is ApiRole.Anyone || key is null || http.Request.Headers.Authorization == $"Bearer {key}"
            ? await route.HandleAsync(new ApiCall(http, home, name))
            : Problem.Answer(StatusCodes.Status401Unauthorized, "There is no key, or one that is not known here.");
        await result.ExecuteAsync(http);
    }
}
