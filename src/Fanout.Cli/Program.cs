return await Fanout.Cli.FanoutApp.RunAsync(args, _ => { });
