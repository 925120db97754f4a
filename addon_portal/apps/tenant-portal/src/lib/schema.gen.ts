// Made by `npm run types` from the API's description 9f2b781b7e183c1ecb08efb33ac165aca6c9209330bff900a513c851ee75049f. Not to be edited.

export interface paths {
    "/api/admin/cleanup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Clean up stuck projects
         * @description Has the supervisor look at every run of its host now. Answers 200 with its report, or after 5 s 202 without.
         */
        post: operations["cleanup_stuck_projects"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/cleanup/{cleanup_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a clean-up
         * @description A clean-up and, once the supervisor has answered, its report.
         */
        get: operations["get_cleanup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/drain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the drain of a host
         * @description Whether anything is started on the host: `drained_at` is null if so.
         */
        get: operations["get_drain"];
        /**
         * Drain a host
         * @description From this answer on nothing is started there, or what waits is started again. What runs goes on.
         */
        put: operations["set_drain"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/hosts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List hosts
         * @description The machines with a supervisor, and when each last looked at its runs.
         */
        get: operations["list_hosts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List keys
         * @description The keys of a tenant, without their secrets, revoked ones too.
         */
        get: operations["list_keys"];
        put?: never;
        /**
         * Create a key
         * @description Makes a key. Its text is in this answer and nowhere else.
         */
        post: operations["create_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a key
         * @description From now on the key opens nothing. The one of the commands on the portal's machine is revoked only there.
         */
        delete: operations["revoke_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change a tenant's limits
         * @description Waiting runs are looked at again; runs that are active stay.
         */
        put: operations["update_limits"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/programs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List programs
         * @description What tenants may run beside, or instead of, their own commands.
         */
        get: operations["list_programs"];
        put?: never;
        /**
         * Create a program
         * @description Offers an argv template with the schema of its parameters.
         */
        post: operations["create_program"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Apply retention
         * @description Has the supervisor remove what the settings no longer keep. Answers 200 with its report, or after 5 s 202.
         */
        post: operations["apply_retention"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/retention/{retention_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a pass of retention
         * @description A pass that was asked for and, once it is over, its report.
         */
        get: operations["get_retention"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List tenants
         * @description Every tenant of the installation.
         */
        get: operations["list_tenants"];
        put?: never;
        /**
         * Create a tenant
         * @description Adds a customer or team, without keys.
         */
        post: operations["create_tenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get who is logged in
         * @description Who is calling, by a session or by a key, whose things they see, and the token for requests that change
         *     something.
         */
        get: operations["get_session"];
        put?: never;
        /**
         * Log in
         * @description Begins a session with a log-in link, which is used up by it, and sets its cookie. A session that the browser had
         *     before ends.
         */
        post: operations["log_in"];
        /**
         * Log out
         * @description Ends the session at once, streams of events included, and takes the cookie back.
         */
        delete: operations["log_out"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/tenant": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Switch to another tenant
         * @description From now on an operator's session sees this tenant; streams of events of the one before end.
         */
        post: operations["switch_tenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/code-requests/{request_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a request for code
         * @description A request for code and, once it is done, the version that has it or the `problem`.
         */
        get: operations["get_code_request"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow what happens
         * @description Server-sent events: `run` with a whole Run object, `log` with the size that an output has grown to, `host` when
         *     somebody starts or stops looking after the runs, `reset` when too much was missed to be told. With `Last-Event-ID`
         *     nothing is missed.
         */
        get: operations["follow_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the tenant's keys
         * @description The keys of the caller's tenant, without their secrets, revoked ones too, oldest first.
         */
        get: operations["list_own_keys"];
        put?: never;
        /**
         * Create a key of the tenant
         * @description Makes a key with at most the caller's role. Its text is in this answer and nowhere else.
         */
        post: operations["create_own_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a key of the tenant
         * @description From now on the key opens nothing, and streams of events that it opened end. What it started goes on.
         */
        delete: operations["revoke_own_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/last-lines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the last lines of several runs
         * @description For lists: of each run the last line that is not blank. What is not there, or not the tenant's, is left out.
         */
        get: operations["read_last_lines"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/login-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Invite somebody
         * @description Makes a link that lets one person into the caller's tenant, once, with at most the caller's role.
         */
        post: operations["create_login_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/programs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what may be run
         * @description The operator's programs, and whether the tenant may run commands of its own.
         */
        get: operations["list_offered_programs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List projects
         * @description The tenant's projects with their newest runs.
         */
        get: operations["list_projects"];
        put?: never;
        /**
         * Create a project
         * @description Stores what is to be run; nothing is started.
         */
        post: operations["create_project"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/projects/{project_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a project
         * @description One project with its newest run.
         */
        get: operations["get_project"];
        /**
         * Change a project
         * @description Replaces name and definition. A change of the definition is its next version; runs keep theirs.
         */
        put: operations["update_project"];
        post?: never;
        /**
         * Delete a project
         * @description Hides the project; its runs stay readable. Refused while a run is active.
         */
        delete: operations["delete_project"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/projects/{project_id}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download a project's files as an archive
         * @description A directory with everything in it as a tar.gz, made while it is sent. Files are as they are when their turn
         *     comes, so that one that is being written may be cut.
         */
        get: operations["get_archive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/projects/{project_id}/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Fetch a project's code with git
         * @description Makes the files of a commit the project's code, in the next version of its definition. A branch or tag is
         *     resolved once, now. Answers 200 when that is done, or after 20 s 202.
         */
        put: operations["fetch_code"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/projects/{project_id}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List files
         * @description The entries of one directory of the workspace that the newest run began in, by name; before the first run, of
         *     the code that it will be filled with.
         */
        get: operations["list_files"];
        /**
         * Upload a project's code
         * @description Makes the files of an archive the code of the project, in the next version of its definition.
         *
         *     New workspaces are filled with it; one that is kept gets its files over its own when the next run with this version
         *     begins. An upload of what the project has already changes nothing. A refused one leaves nothing behind.
         */
        put: operations["upload_files"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/projects/{project_id}/files/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download a file
         * @description The bytes of a file in the workspace that the newest run began in. One range can be asked for.
         */
        get: operations["get_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /**
         * Get the size of a file
         * @description How many bytes there are now.
         */
        head: operations["head_file"];
        patch?: never;
        trace?: never;
    };
    "/api/tenant/projects/{project_id}/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restart a project
         * @description Stores a new run that follows the newest one, which stays as it is. A run can be restarted once.
         *
         *     With `when_running: stop_first` an active run is stopped and followed as it ends. The answer is then that run, whose
         *     `scheduled_restart` names the new one; a pending run is withdrawn, and the answer is the new one.
         */
        post: operations["restart_project"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/projects/{project_id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a project
         * @description Stores a run of the project's newest definition and has it started. Everything in the body is optional.
         */
        post: operations["run_project"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/projects/{project_id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the runs of a project
         * @description The runs of one project, newest first.
         */
        get: operations["list_project_runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/projects/{project_id}/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a schedule
         * @description When a project runs by itself, with the next five times and what became of the last one.
         */
        get: operations["get_schedule"];
        /**
         * Give a project a schedule
         * @description In place of one that it has; what that has counted stays, and a pause too.
         *
         *     With `dry_run` nothing is stored, and the answer shows when it would run.
         */
        put: operations["put_schedule"];
        post?: never;
        /**
         * Take a schedule away
         * @description The project runs when somebody asks for it only. A run that goes on is left alone.
         */
        delete: operations["delete_schedule"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/projects/{project_id}/schedule/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause a schedule
         * @description No time is kept until it is resumed, nor one that waits for the end of a run.
         */
        post: operations["pause_schedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/projects/{project_id}/schedule/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a schedule
         * @description The next time is kept again. Times of the pause are not made up for, and not counted.
         */
        post: operations["resume_schedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/projects/{project_id}/scheduled-restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Call a restart off
         * @description The restart that is to come is not made. A run that is being stopped for it is stopped all the same.
         */
        delete: operations["call_off_restart"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/projects/{project_id}/scheduled-restart/now": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bring a restart forward
         * @description Makes the run now that the policy would make later. It counts as the policy's, unlike one that is asked for.
         */
        post: operations["bring_restart_forward"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/projects/{project_id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop a project
         * @description Has the active run ended: the polite signal, its grace time, then the kill of everything it started.
         *
         *     Calls a restart off that is to come. Where nothing else was to be stopped the answer is the newest run.
         *
         *     A run that is still pending is withdrawn at once. Any other is final when its whole tree is gone, not before.
         *
         *     For a run that is to end already, a `grace_seconds` that ends before what is left of its grace brings the deadline
         *     forward. Nothing puts it off.
         */
        post: operations["stop_project"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/restarts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List bulk restarts
         * @description The tenant's, newest first. Thirty days after its end one may be gone; its runs and their journals stay.
         */
        get: operations["list_bulk_restarts"];
        put?: never;
        /**
         * Restart many projects
         * @description Restarts every project whose newest run matches the filter now, one after the other, beside everything else.
         *
         *     Each is held against the rules of a single restart when its turn comes, and left out with the reason where they
         *     forbid it. With `dry_run` nothing is stored; the answer then says what would be restarted, and what would not.
         */
        post: operations["restart_many"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/restarts/{bulk_restart_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a bulk restart
         * @description How far it has come, and why projects were left out.
         */
        get: operations["get_bulk_restart"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/restarts/{bulk_restart_id}/abort": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Abort a bulk restart
         * @description Nothing more is restarted once this is answered. What was restarted goes on; aborting twice is no error.
         */
        post: operations["abort_bulk_restart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/restarts/{bulk_restart_id}/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the projects of a bulk restart
         * @description Each project in the order of the turns, with the run that was made or the reason why there is none.
         */
        get: operations["list_restarted_projects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List runs
         * @description The tenant's runs, newest first, those of deleted projects too.
         */
        get: operations["list_runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/runs/{run_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a run
         * @description One run as it stands; with `wait_seconds` as soon as it is final, or after that time.
         */
        get: operations["get_run"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/runs/{run_id}/compare/{other_run_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compare two runs
         * @description What differs between two runs, of one project or of two: definition, parameters, environment, request, result and
         *     times. Of a variable of the environment only that it differs, or which run has it.
         */
        get: operations["compare_runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/runs/{run_id}/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the evidence of a run
         * @description Why we say of the run what we say: journal, records as they are on disk, what is missing and why, last output.
         */
        get: operations["get_evidence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/runs/{run_id}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what a run changed
         * @description Files and links in the run's workspace that were made or changed while it ran and not since, by path. Not told
         *     are files that it removed, and directories.
         */
        get: operations["list_changes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/runs/{run_id}/files/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download a file of a run
         * @description The bytes of a file in the workspace that the run began in, as they are now. One range can be asked for.
         */
        get: operations["get_run_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /**
         * Get the size of a file of a run
         * @description How many bytes there are now.
         */
        head: operations["head_run_file"];
        patch?: never;
        trace?: never;
    };
    "/api/tenant/runs/{run_id}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the output of a run
         * @description Output as text from a byte offset on. Offsets stay valid for ever; `next_offset` is where to go on. Of a log over
         *     its limit only the newest part is there: `offset` says where the text begins, `dropped` why.
         */
        get: operations["read_log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/runs/{run_id}/log/raw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the raw output of a run
         * @description The bytes as the program wrote them, but for values of its environment, each byte of which is a star. One range
         *     can be asked for (RFC 9110), for example `bytes=-4096`. What was before `Log-First-Offset` is no longer there: a
         *     range that begins before it is answered from there on, one that ends before it is refused.
         */
        get: operations["get_raw_log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /**
         * Get the size of the raw output of a run
         * @description How many bytes there are now, those before `Log-First-Offset` not counted.
         */
        head: operations["head_raw_log"];
        patch?: never;
        trace?: never;
    };
    "/api/tenant/runs/{run_id}/log/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search the output of a run
         * @description Places of a text in the output as it is shown. Answers after half a second at the latest; as long as `done` is
         *     false, there may be more from `next_from` on, also where no item was found yet.
         */
        get: operations["search_log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/runs/{run_id}/log/times": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tell when the output of a run came
         * @description Offsets with the time at which what begins there came, at most ten a second. Lines between two of them came soon
         *     after the first. Empty where nobody has written down when.
         */
        get: operations["find_log_times"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/runs/{run_id}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get what a run has used
         * @description Memory and processor time over time, from the supervisor's samples. Points stand for stretches of about the same
         *     length, longer ones the longer the run has lasted. What nobody has looked at is told as such.
         */
        get: operations["get_usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/scheduled-restarts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List restarts that are to come
         * @description All of the tenant's, at most one for each project; those that are due first.
         */
        get: operations["list_scheduled_restarts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List schedules
         * @description The schedules of the tenant's projects, newest project first. With `project_id` that of one project, or none.
         */
        get: operations["list_schedules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who is logged in
         * @description Those who are logged in at the page and see the caller's tenant now, operators who look at it too.
         */
        get: operations["list_sessions"];
        put?: never;
        post?: never;
        /**
         * Log all others out
         * @description Ends every session that sees the caller's tenant but the caller's own and those of a greater role.
         */
        delete: operations["end_other_sessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Log somebody out
         * @description Ends a session at once, and within two seconds the streams of events that it has open.
         */
        delete: operations["end_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get numbers over time
         * @description How runs went, hour by hour or day by day, by when they became final, and how long the successful ones took.
         */
        get: operations["get_stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the tenant's numbers
         * @description How many runs stand where and how they are, what failed last, what runs, what waits and for what, and whether
         *     somebody looks after all this.
         */
        get: operations["get_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/timetable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tell when a schedule would be due
         * @description The next five times of an expression, before any project has it.
         */
        get: operations["get_timetable"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhooks
         * @description The tenant's webhooks, newest first.
         */
        get: operations["list_webhooks"];
        put?: never;
        /**
         * Create a webhook
         * @description Tells of what happens from now on. The secret that signs messages is shown this once.
         */
        post: operations["create_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/webhooks/{webhook_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a webhook
         * @description One webhook.
         */
        get: operations["get_webhook"];
        /**
         * Change a webhook
         * @description Replaces all but the secret. What waits to be sent goes to the new address.
         */
        put: operations["update_webhook"];
        post?: never;
        /**
         * Delete a webhook
         * @description Removes the webhook, what waits to be sent to it, and its log.
         */
        delete: operations["delete_webhook"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/webhooks/{webhook_id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List deliveries
         * @description What was sent to a webhook or waits to be, newest first.
         */
        get: operations["list_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/webhooks/{webhook_id}/deliveries/{delivery_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a delivery
         * @description One message: what is sent, and what came of every attempt.
         */
        get: operations["get_delivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver again
         * @description Has the same message sent now, under its identifier, and again by the schedule until it has arrived.
         */
        post: operations["deliver_again"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/webhooks/{webhook_id}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Disable a webhook
         * @description Sends nothing more: what waits is kept, what happens meanwhile is never told.
         */
        post: operations["disable_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/webhooks/{webhook_id}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enable a webhook
         * @description Sends what waits, and tells of what happens from now on.
         */
        post: operations["enable_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/webhooks/{webhook_id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace a webhook's secret
         * @description Makes another secret, shown this once. For 24 hours messages carry a signature by each of the two.
         */
        post: operations["rotate_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tenant/webhooks/{webhook_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test
         * @description Has a message sent that says it is a test, once; what came of it is seen at the delivery.
         */
        post: operations["send_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Does the process live
         * @description Answers as long as the process does; says nothing of the database.
         */
        get: operations["is_alive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get metrics for Prometheus
         * @description All metrics in the text format. For an operator's key, or for anybody where the installation is set so.
         */
        get: operations["get_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can it do its work
         * @description 200 when the database answers and has this version's tables. A missing supervisor is told, not failed for.
         *     Whether the database can be written is tried once a second at most.
         */
        get: operations["is_ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * ActiveRunsBody
         * @description How many runs stand where.
         */
        ActiveRunsBody: {
            /** Pending */
            pending: number;
            /** Running */
            running: number;
            /** Starting */
            starting: number;
            /** Stopping */
            stopping: number;
        };
        /**
         * LimitsRequest
         * @description What a tenant may use from now on.
         */
        addon_portal__api__schemas__admin__LimitsRequest: {
            /**
             * Max Concurrent Runs
             * @description Runs active at once; more wait. Null: no limit.
             */
            max_concurrent_runs: number | null;
            /**
             * May Run Own Commands
             * @description Null leaves it as it is.
             */
            may_run_own_commands?: boolean | null;
            /**
             * Tenant
             * @description Name or identifier.
             */
            tenant: string;
        };
        /**
         * LimitsRequest
         * @description What one run may use, with all that it starts. Null: no limit.
         */
        addon_portal__api__schemas__limits__LimitsRequest: {
            /** Cpus */
            cpus?: number | null;
            /** Memory Bytes */
            memory_bytes?: number | null;
            /** Pids */
            pids?: number | null;
        };
        /**
         * AliveBody
         * @description The process lives.
         */
        AliveBody: {
            /**
             * Status
             * @constant
             */
            status: "alive";
        };
        /**
         * AttemptBody
         * @description One try to deliver.
         */
        AttemptBody: {
            /**
             * Error
             * @description Null when it arrived.
             */
            error: string | null;
            /** Number */
            number: number;
            /**
             * Response
             * @description The beginning of the answer.
             */
            response: string | null;
            /** Seconds */
            seconds: number;
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            /**
             * Status
             * @description What was answered over HTTP.
             */
            status: number | null;
        };
        /**
         * BucketBody
         * @description What became final in one hour or day.
         */
        BucketBody: {
            /**
             * At
             * Format: date-time
             * @description Where it begins.
             */
            at: string;
            /** Cancelled */
            cancelled: number;
            /** Completed */
            completed: number;
            /**
             * Failed
             * @description Those whose outcome is not known are not among them.
             */
            failed: number;
            /**
             * Median Seconds
             * @description Half of them took no longer.
             */
            median_seconds: number | null;
            /**
             * P95 Seconds
             * @description 95 of 100 took no longer.
             */
            p95_seconds: number | null;
            /**
             * Unknown
             * @description State `failed`, outcome `unknown`.
             */
            unknown: number;
        };
        /**
         * BulkFilterBody
         * @description The conditions that were named.
         */
        BulkFilterBody: {
            /** Outcome */
            outcome?: components["schemas"]["Outcome"][] | null;
            /** Project Id */
            project_id?: string[] | null;
            /** Reason */
            reason?: components["schemas"]["Reason"][] | null;
            /** Search */
            search?: string | null;
            /** Since */
            since?: string | null;
            /** State */
            state?: components["schemas"]["RunState"][] | null;
            /** Until */
            until?: string | null;
        };
        /**
         * BulkFilterRequest
         * @description Which projects: all conditions hold of the project and its newest run. There must be one at least.
         */
        BulkFilterRequest: {
            /**
             * Outcome
             * @description It ended with any of these outcomes.
             */
            outcome?: components["schemas"]["Outcome"][];
            /**
             * Project Id
             * @description Only these projects.
             */
            project_id?: string[];
            /**
             * Reason
             * @description It ended for any of these reasons.
             */
            reason?: components["schemas"]["Reason"][];
            /** Search */
            search?: string | null;
            /**
             * Since
             * @description The newest run was asked for at or after this time.
             */
            since?: string | null;
            /**
             * State
             * @description The newest run is in any of these states.
             */
            state?: components["schemas"]["RunState"][];
            /**
             * Until
             * @description The newest run was asked for before this time.
             */
            until?: string | null;
        };
        /**
         * BulkItemBody
         * @description One project of a bulk restart, and what came of it.
         */
        BulkItemBody: {
            /**
             * Code
             * @description Why it was left out.
             */
            code: string | null;
            /** Done At */
            done_at: string | null;
            /**
             * New Run Id
             * @description The run that was made.
             */
            new_run_id: string | null;
            /** Project Id */
            project_id: string;
            /**
             * Project Name
             * @description As it was called then.
             */
            project_name: string;
            /**
             * Run Id
             * @description The run that was meant.
             */
            run_id: string;
            state: components["schemas"]["ItemState"];
            /**
             * Why
             * @description The same as a sentence.
             */
            why: string | null;
        };
        /**
         * BulkItemPage
         * @description Projects of a bulk restart in the order of their turns.
         */
        BulkItemPage: {
            /** Items */
            items: components["schemas"]["BulkItemBody"][];
            /**
             * Next Cursor
             * @description For the next page; null on the last.
             */
            next_cursor: string | null;
        };
        /**
         * BulkRestartBody
         * @description A restart of many projects, with why some were left out.
         */
        BulkRestartBody: {
            /** Aborted By */
            aborted_by: string | null;
            /** Confirm */
            confirm: boolean;
            /**
             * Definition
             * @enum {string}
             */
            definition: "pinned" | "latest";
            /**
             * Done
             * @description Projects that have had their turn.
             */
            done: number;
            /**
             * Failed
             * @description Projects for which something went wrong with the portal itself.
             */
            failed: number;
            /** Failed By Code */
            failed_by_code: {
                [key: string]: number;
            };
            filter: components["schemas"]["BulkFilterBody"];
            /** Finished At */
            finished_at: string | null;
            /** Id */
            id: string;
            /** Note */
            note: string | null;
            /**
             * Requested At
             * Format: date-time
             */
            requested_at: string;
            /** Requested By */
            requested_by: string;
            /**
             * Skipped
             * @description Projects that were left out for a reason.
             */
            skipped: number;
            /**
             * Skipped By Code
             * @description As the errors of a single restart.
             */
            skipped_by_code: {
                [key: string]: number;
            };
            /**
             * Started
             * @description Projects that were restarted; their runs may still wait.
             */
            started: number;
            state: components["schemas"]["BulkState"];
            /**
             * Total
             * @description Projects that matched when it was asked for.
             */
            total: number;
            /**
             * Workspace
             * @enum {string}
             */
            workspace: "keep" | "clean";
        };
        /**
         * BulkRestartPage
         * @description Restarts of many projects, newest first.
         */
        BulkRestartPage: {
            /** Items */
            items: components["schemas"]["BulkRestartSummary"][];
            /**
             * Next Cursor
             * @description For the next page; null on the last.
             */
            next_cursor: string | null;
        };
        /**
         * BulkRestartRequest
         * @description A restart of every project that matches.
         */
        BulkRestartRequest: {
            /**
             * Confirm
             * @description Also where leftovers may be alive, and where nobody knows how the run ended.
             * @default false
             */
            confirm: boolean;
            /**
             * Definition
             * @description What ran, with its parameters and environment; or the projects' newest definitions.
             * @default pinned
             * @enum {string}
             */
            definition: "pinned" | "latest";
            /**
             * Dry Run
             * @description Only say what would be restarted, and what would not and why.
             * @default false
             */
            dry_run: boolean;
            filter: components["schemas"]["BulkFilterRequest"];
            /** Note */
            note?: string | null;
            /**
             * Run Id
             * @description What was seen: a project is left out whose newest run is none of these.
             */
            run_id?: string[];
            /**
             * Workspace
             * @description The directories of the runs before, or new empty ones.
             * @default keep
             * @enum {string}
             */
            workspace: "keep" | "clean";
        };
        /**
         * BulkRestartSummary
         * @description A restart of many projects, and how far it has come.
         */
        BulkRestartSummary: {
            /** Aborted By */
            aborted_by: string | null;
            /** Confirm */
            confirm: boolean;
            /**
             * Definition
             * @enum {string}
             */
            definition: "pinned" | "latest";
            /**
             * Done
             * @description Projects that have had their turn.
             */
            done: number;
            /**
             * Failed
             * @description Projects for which something went wrong with the portal itself.
             */
            failed: number;
            filter: components["schemas"]["BulkFilterBody"];
            /** Finished At */
            finished_at: string | null;
            /** Id */
            id: string;
            /** Note */
            note: string | null;
            /**
             * Requested At
             * Format: date-time
             */
            requested_at: string;
            /** Requested By */
            requested_by: string;
            /**
             * Skipped
             * @description Projects that were left out for a reason.
             */
            skipped: number;
            /**
             * Started
             * @description Projects that were restarted; their runs may still wait.
             */
            started: number;
            state: components["schemas"]["BulkState"];
            /**
             * Total
             * @description Projects that matched when it was asked for.
             */
            total: number;
            /**
             * Workspace
             * @enum {string}
             */
            workspace: "keep" | "clean";
        };
        /**
         * BulkState
         * @description How a bulk restart stands.
         * @enum {string}
         */
        BulkState: "working" | "finished" | "aborted";
        /**
         * ChangesBody
         * @description Files and links that were changed between `since` and `until`, by path.
         */
        ChangesBody: {
            /**
             * Continued By
             * @description The newest run, if it has gone on in the same workspace.
             */
            continued_by: string | null;
            /** Items */
            items: components["schemas"]["FileBody"][];
            /**
             * Next Cursor
             * @description There may be more, also where no item was found yet.
             */
            next_cursor: string | null;
            /** Run Id */
            run_id: string;
            /**
             * Since
             * @description Null for a run that never started.
             */
            since: string | null;
            /**
             * Until
             * @description Null while the run is active.
             */
            until: string | null;
        };
        /**
         * ChannelKind
         * @description A way to tell somebody.
         * @enum {string}
         */
        ChannelKind: "webhook" | "apprise";
        /**
         * CleanupBody
         * @description A clean-up of stuck projects. `report` says what was looked at, found and changed.
         */
        CleanupBody: {
            /**
             * Completed At
             * @description Null while the supervisor has not answered.
             */
            completed_at: string | null;
            /** Id */
            id: string;
            /** Report */
            report: {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /**
             * Requested At
             * Format: date-time
             */
            requested_at: string;
            /** Requested By */
            requested_by: string;
        };
        /**
         * CodeBody
         * @description A version of code. Equal files have equal digests.
         */
        CodeBody: {
            /**
             * Bytes
             * @description Of all files.
             */
            bytes: number;
            /** Digest */
            digest: string;
            /**
             * Entries
             * @description Files, directories and links.
             */
            entries: number;
            /** @description Null for code that was uploaded. */
            git: components["schemas"]["CommitBody"] | null;
        };
        /**
         * CodeFromGit
         * @description A commit, which is resolved now and stays what it was.
         */
        CodeFromGit: {
            /**
             * Git
             * @description The repository, by a transport that the operator allows; https by default.
             */
            git: string;
            /**
             * Ref
             * @description A branch, a tag or a whole commit id.
             * @default HEAD
             */
            ref: string;
        };
        /**
         * CodeRequestBody
         * @description A request to fetch code, and what came of it.
         */
        CodeRequestBody: {
            /** Completed At */
            completed_at: string | null;
            /**
             * Definition Version
             * @description The version that has the code.
             */
            definition_version: number | null;
            /**
             * Git
             * @description The repository, by a transport that the operator allows; https by default.
             */
            git: string;
            /** Id */
            id: string;
            /**
             * Problem
             * @description Why nothing was fetched.
             */
            problem: string | null;
            /** Project Id */
            project_id: string;
            /**
             * Ref
             * @description A branch, a tag or a whole commit id.
             */
            ref: string;
            /**
             * Requested At
             * Format: date-time
             */
            requested_at: string;
            /** Requested By */
            requested_by: string;
        };
        /**
         * CommitBody
         * @description What code was fetched from, and the commit that `ref` was then.
         */
        CommitBody: {
            /** Commit */
            commit: string;
            /** Ref */
            ref: string;
            /** Url */
            url: string;
        };
        /**
         * ComparisonBody
         * @description Two runs and all that differs between them.
         */
        ComparisonBody: {
            /**
             * Differences
             * @description Part by part. Of values of the environment only that they differ.
             */
            differences: components["schemas"]["DifferenceBody"][];
            left: components["schemas"]["RunBody"];
            right: components["schemas"]["RunBody"];
        };
        /**
         * DeliveryBody
         * @description A message about one fact to one webhook.
         */
        DeliveryBody: {
            /** Attempts */
            attempts: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            event: components["schemas"]["Fact"];
            /** Finished At */
            finished_at: string | null;
            /**
             * Happened At
             * Format: date-time
             */
            happened_at: string;
            /**
             * Id
             * @description Its `webhook-id` on the wire.
             */
            id: string;
            /**
             * Next Attempt At
             * @description Null also while the webhook is disabled.
             */
            next_attempt_at: string | null;
            /** Run Id */
            run_id: string | null;
            state: components["schemas"]["DeliveryState"];
            /** Webhook Id */
            webhook_id: string;
        };
        /**
         * DeliveryDetailBody
         * @description A message with what is sent and every attempt.
         */
        DeliveryDetailBody: {
            /** Attempts */
            attempts: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            event: components["schemas"]["Fact"];
            /** Finished At */
            finished_at: string | null;
            /**
             * Happened At
             * Format: date-time
             */
            happened_at: string;
            /**
             * Id
             * @description Its `webhook-id` on the wire.
             */
            id: string;
            /** Log */
            log: components["schemas"]["AttemptBody"][];
            /**
             * Next Attempt At
             * @description Null also while the webhook is disabled.
             */
            next_attempt_at: string | null;
            /** Payload */
            payload: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Run Id */
            run_id: string | null;
            state: components["schemas"]["DeliveryState"];
            /** Webhook Id */
            webhook_id: string;
        };
        /**
         * DeliveryPage
         * @description A page of deliveries.
         */
        DeliveryPage: {
            /** Items */
            items: components["schemas"]["DeliveryBody"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * DeliveryState
         * @description How far the telling of one fact to one webhook is. `delivered` and `failed` stay until somebody asks again.
         * @enum {string}
         */
        DeliveryState: "pending" | "delivered" | "failed";
        /**
         * DifferenceBody
         * @description One thing that is not the same in two runs; null where a run does not have it.
         */
        DifferenceBody: {
            /** Field */
            field: string;
            left: components["schemas"]["JsonValue"];
            part: components["schemas"]["Part"];
            right: components["schemas"]["JsonValue"];
        };
        /**
         * DrainRequest
         * @description Whether a host is drained.
         */
        DrainRequest: {
            /** Host Id */
            host_id?: string | null;
            /**
             * On
             * @description Start nothing there; or start again what waits.
             */
            on: boolean;
        };
        /**
         * EndedBody
         * @description How many were logged out.
         */
        EndedBody: {
            /** Ended */
            ended: number;
        };
        /**
         * EvidenceBody
         * @description Why we say of a run what we say.
         */
        EvidenceBody: {
            /**
             * Directory
             * @description The run directory on the host.
             */
            directory: string;
            /**
             * Ending
             * @description The facts behind the reason and who saw them.
             */
            ending: {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /** Journal */
            journal: components["schemas"]["JournalEntryBody"][];
            /**
             * Limits
             * @description Only those that the run has.
             */
            limits: {
                [key: string]: components["schemas"]["KeptLimitBody"];
            };
            /**
             * Missing
             * @description The files that are not there, and why.
             */
            missing: {
                [key: string]: string;
            };
            /** Next Step */
            next_step: string | null;
            /**
             * Output Bytes
             * @description As many have been written, those that were dropped too.
             */
            output_bytes: number;
            /**
             * Output Dropped
             * @description The same in a sentence, or that a limit of the log is not kept; else null.
             */
            output_dropped: string | null;
            /**
             * Output First Offset
             * @description What was before is no longer there.
             */
            output_first_offset: number;
            /**
             * Output Tail
             * @description The last lines of output, at most 20.
             */
            output_tail: string[];
            /**
             * Records
             * @description Its files as they are, by name.
             */
            records: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            run: components["schemas"]["RunBody"];
            /**
             * Sentence
             * @description The reason with its facts; null while the run is active.
             */
            sentence: string | null;
        };
        /**
         * Fact
         * @description What a message is about; its `type` on the wire.
         * @enum {string}
         */
        Fact: "run.outcome_amended" | "run.outcome_unknown" | "run.failed" | "run.recovered" | "run.completed" | "run.overdue" | "run.silent" | "run.gave_up" | "test";
        /**
         * FieldProblemBody
         * @description One thing wrong with a request.
         */
        FieldProblemBody: {
            /** Expected */
            expected: string;
            /** Field */
            field: string;
            /** Got */
            got: string;
        };
        /**
         * FileBody
         * @description One entry. What is no UTF-8 in its path is shown as U+FFFD; such a file can be fetched in an archive only.
         */
        FileBody: {
            /**
             * Bytes
             * @description Of a file.
             */
            bytes: number | null;
            /**
             * Changed At
             * Format: date-time
             * @description Of anything of it, as the kernel says (ctime).
             */
            changed_at: string;
            /** Executable */
            executable: boolean;
            /**
             * Kind
             * @enum {string}
             */
            kind: "file" | "directory" | "link" | "other";
            /**
             * Modified At
             * Format: date-time
             * @description Of its content, as whoever wrote it says (mtime).
             */
            modified_at: string;
            /**
             * Path
             * @description From the workspace on.
             */
            path: string;
        };
        /**
         * FilePageBody
         * @description Entries of one directory by name.
         */
        FilePageBody: {
            /** Items */
            items: components["schemas"]["FileBody"][];
            /** Next Cursor */
            next_cursor: string | null;
            /**
             * Of
             * @description `code` before the first run.
             * @enum {string}
             */
            of: "workspace" | "code";
            /**
             * Run Id
             * @description Whose workspace it is.
             */
            run_id: string | null;
        };
        /**
         * FinishedBody
         * @description How many runs have become final so.
         */
        FinishedBody: {
            /** Cancelled */
            cancelled: number;
            /** Completed */
            completed: number;
            /**
             * Failed
             * @description Those whose outcome is not known are not among them.
             */
            failed: number;
            /**
             * Unknown
             * @description State `failed`, outcome `unknown`.
             */
            unknown: number;
        };
        /**
         * Health
         * @description How an active run is. Declared in order of rank: when several hold, the first is shown.
         * @enum {string}
         */
        Health: "unreachable" | "unsupervised" | "finishing" | "silent" | "overdue" | "ok";
        /**
         * HealthBody
         * @description How many active runs there are of each health, each run once, under the first that holds.
         */
        HealthBody: {
            /** Finishing */
            finishing: number;
            /** Ok */
            ok: number;
            /** Overdue */
            overdue: number;
            /** Silent */
            silent: number;
            /** Unreachable */
            unreachable: number;
            /** Unsupervised */
            unsupervised: number;
        };
        /**
         * HostBody
         * @description A machine with a supervisor.
         */
        HostBody: {
            /**
             * Drained At
             * @description Since when nothing is started there, for maintenance.
             */
            drained_at: string | null;
            /** Drained By */
            drained_by: string | null;
            /** Id */
            id: string;
            /** Max Concurrent Runs */
            max_concurrent_runs: number | null;
            /** Name */
            name: string;
            /**
             * Observed At
             * @description When its last complete sweep began.
             */
            observed_at: string | null;
            /** Supervisor Pid */
            supervisor_pid: number | null;
            /** Unreachable */
            unreachable: boolean;
        };
        /**
         * HostList
         * @description Every host.
         */
        HostList: {
            /** Items */
            items: components["schemas"]["HostBody"][];
        };
        /**
         * IssuedKeyBody
         * @description A new key, with the text that is shown this once.
         */
        IssuedKeyBody: {
            /** Api Key */
            api_key: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Id */
            id: string;
            /**
             * Is Own
             * @description Whether it is the portal's own, with which the commands on its machine ask: revoked there.
             */
            is_own: boolean;
            /**
             * Last Used At
             * @description To the minute.
             */
            last_used_at: string | null;
            /** Name */
            name: string;
            /**
             * Prefix
             * @description The beginning of its text.
             */
            prefix: string;
            /** Revoked At */
            revoked_at: string | null;
            role: components["schemas"]["Role"];
            /** Tenant Id */
            tenant_id: string;
        };
        /**
         * IssuedWebhookBody
         * @description A webhook with the secret that is shown this once; null for a channel that has none.
         */
        IssuedWebhookBody: {
            channel: components["schemas"]["ChannelKind"];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Created By */
            created_by: string;
            /** Disabled At */
            disabled_at: string | null;
            /** Disabled Why */
            disabled_why: string | null;
            /** Enabled */
            enabled: boolean;
            /** Events */
            events: components["schemas"]["Fact"][];
            /** Id */
            id: string;
            /** Name */
            name: string;
            /**
             * Previous Secret Until
             * @description Until then messages are signed with the secret before this one too.
             */
            previous_secret_until: string | null;
            /**
             * Project Id
             * @description Null: every project of the tenant.
             */
            project_id: string | null;
            /** Secret */
            secret: string | null;
            /** Url */
            url: string;
        };
        /**
         * ItemState
         * @description What came of one of its projects.
         * @enum {string}
         */
        ItemState: "waiting" | "started" | "skipped" | "failed";
        /**
         * JournalEntryBody
         * @description One fact about the run, in the order it was recorded.
         */
        JournalEntryBody: {
            /** Actor */
            actor: string;
            /** Cause */
            cause: string;
            /** Detail */
            detail: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            from_state: components["schemas"]["RunState"] | null;
            /**
             * Happened At
             * Format: date-time
             */
            happened_at: string;
            /** Kind */
            kind: string;
            reason: components["schemas"]["Reason"] | null;
            /**
             * Recorded At
             * Format: date-time
             */
            recorded_at: string;
            /** Seq */
            seq: number;
            to_state: components["schemas"]["RunState"] | null;
        };
        JsonValue: unknown;
        /**
         * KeptLimitBody
         * @description A limit of the run, who keeps it, and what happened.
         */
        KeptLimitBody: {
            /**
             * Enforced By
             * @description Who keeps it: a control group; a limit on single processes; nobody.
             * @enum {string}
             */
            enforced_by: "cgroup" | "rlimit" | "nothing";
            /**
             * Events
             * @description What the kernel had counted when the program ended.
             */
            events: {
                [key: string]: number;
            };
            /**
             * Note
             * @description What is lost where no control group keeps it, and why not.
             */
            note: string | null;
            /** Wanted */
            wanted: number;
        };
        /**
         * KeyBody
         * @description A key without its secret.
         */
        KeyBody: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Id */
            id: string;
            /**
             * Is Own
             * @description Whether it is the portal's own, with which the commands on its machine ask: revoked there.
             */
            is_own: boolean;
            /**
             * Last Used At
             * @description To the minute.
             */
            last_used_at: string | null;
            /** Name */
            name: string;
            /**
             * Prefix
             * @description The beginning of its text.
             */
            prefix: string;
            /** Revoked At */
            revoked_at: string | null;
            role: components["schemas"]["Role"];
            /** Tenant Id */
            tenant_id: string;
        };
        /**
         * KeyList
         * @description The keys of a tenant, revoked ones too.
         */
        KeyList: {
            /** Items */
            items: components["schemas"]["KeyBody"][];
        };
        /**
         * KeyRequest
         * @description A new key.
         */
        KeyRequest: {
            /**
             * Name
             * @description 1 to 200 characters, no control characters.
             */
            name: string;
            /**
             * Role
             * @default member
             * @enum {string}
             */
            role: "viewer" | "member" | "admin" | "operator";
            /**
             * Tenant
             * @description Name or identifier.
             */
            tenant: string;
        };
        /**
         * LastLineBody
         * @description The last line of a run's output that is not blank.
         */
        LastLineBody: {
            /** Run Id */
            run_id: string;
            /**
             * Text
             * @description As the program wrote it, colours and all; of a long line its end.
             */
            text: string;
        };
        /**
         * LastLinesBody
         * @description Runs that wrote nothing, or whose output cannot be read now, are left out.
         */
        LastLinesBody: {
            /** Items */
            items: components["schemas"]["LastLineBody"][];
        };
        /**
         * LimitsBody
         * @description What one run may use, with all that it starts. Null: no limit.
         */
        LimitsBody: {
            /** Cpus */
            cpus: number | null;
            /** Memory Bytes */
            memory_bytes: number | null;
            /** Pids */
            pids: number | null;
        };
        /**
         * LogBody
         * @description A stretch of output. Text is cut between characters; what is no UTF-8 is replaced.
         */
        LogBody: {
            /**
             * Dropped
             * @description The same in a sentence; null where all is there.
             */
            dropped: string | null;
            /**
             * Eof
             * @description Nothing more is there now.
             */
            eof: boolean;
            /**
             * Final
             * @description Nothing more will ever come.
             */
            final: boolean;
            /**
             * First Offset
             * @description What was before is no longer there: the log was over its limit.
             */
            first_offset: number;
            /**
             * Next Offset
             * @description Where to go on.
             */
            next_offset: number;
            /**
             * Offset
             * @description Where `text` begins: as asked for, or `first_offset` if that is later.
             */
            offset: number;
            /**
             * Size
             * @description Bytes there were.
             */
            size: number;
            /** Text */
            text: string;
        };
        /**
         * LoginLinkBody
         * @description A link that lets somebody in once. Its secret is shown this once.
         */
        LoginLinkBody: {
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Name */
            name: string;
            /**
             * Path
             * @description To be put behind the address of the portal.
             */
            path: string;
            role: components["schemas"]["Role"];
            /** Token */
            token: string;
        };
        /**
         * LoginLinkRequest
         * @description Somebody to be let in.
         */
        LoginLinkRequest: {
            /**
             * Minutes
             * @description How long the link can be used, once.
             * @default 60
             */
            minutes: number;
            /**
             * Name
             * @description What they do is recorded under it.
             */
            name: string;
            /**
             * Role
             * @description At most the caller's own.
             * @default member
             * @enum {string}
             */
            role: "viewer" | "member" | "admin" | "operator";
        };
        /**
         * LogInRequest
         * @description The secret of a log-in link: what stands behind `#token=` in it.
         */
        LogInRequest: {
            /** Token */
            token: string;
        };
        /**
         * LogSearchBody
         * @description Places in the order they are come upon; backwards the last one first. They may overlap.
         */
        LogSearchBody: {
            /**
             * Done
             * @description Nothing more is there now in this direction.
             */
            done: boolean;
            /**
             * Final
             * @description Nothing more will ever be there.
             */
            final: boolean;
            /**
             * First Offset
             * @description What was before is no longer there, and was not searched.
             */
            first_offset: number;
            /** Items */
            items: components["schemas"]["PlaceBody"][];
            /**
             * Next From
             * @description Where to go on in the same direction.
             */
            next_from: number;
            /**
             * Size
             * @description Bytes of output there were.
             */
            size: number;
        };
        /**
         * LogTimeBody
         * @description What begins at `offset` came at this time, and what follows it, until the next item, soon after.
         */
        LogTimeBody: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Offset */
            offset: number;
        };
        /**
         * LogTimesBody
         * @description When a stretch of output came, in its order. The first item may begin before the stretch.
         */
        LogTimesBody: {
            /** Items */
            items: components["schemas"]["LogTimeBody"][];
        };
        /**
         * Obstacle
         * @description What stands against restarting a run: a closed list, part of the API.
         * @enum {string}
         */
        Obstacle: "not_ended" | "already_restarted" | "followed" | "project_deleted" | "own_command_forbidden" | "state_not_restartable";
        /**
         * ObstacleBody
         * @description Why a run would not be restarted now.
         */
        ObstacleBody: {
            code: components["schemas"]["Obstacle"];
            /** Sentence */
            sentence: string;
        };
        /**
         * OfferBody
         * @description What the tenant's projects may run.
         */
        OfferBody: {
            /**
             * Items
             * @description By name.
             */
            items: components["schemas"]["OfferedProgramBody"][];
            /**
             * May Run Own Commands
             * @description Whether a project may have a `command`.
             */
            may_run_own_commands: boolean;
        };
        /**
         * OfferedProgramBody
         * @description A program that a project can be made of. Its environment is nobody's business.
         */
        OfferedProgramBody: {
            /**
             * Argv
             * @description Parts may hold `{name}`, which is filled from the parameters.
             */
            argv: string[];
            /** Id */
            id: string;
            /** Name */
            name: string;
            /**
             * Parameters Schema
             * @description JSON Schema that the parameters of a project must meet.
             */
            parameters_schema: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        /**
         * OnStall
         * @description What follows when a run stays silent after the warning.
         * @enum {string}
         */
        OnStall: "warn" | "stop" | "restart";
        /**
         * Outcome
         * @description How a final run went. A cancelled run has none: it was not allowed to show.
         * @enum {string}
         */
        Outcome: "success" | "failure" | "unknown";
        /**
         * OwnKeyRequest
         * @description A new key of the caller's tenant.
         */
        OwnKeyRequest: {
            /**
             * Name
             * @description 1 to 200 characters, no control characters.
             */
            name: string;
            /**
             * Role
             * @description At most the caller's own.
             * @default member
             * @enum {string}
             */
            role: "viewer" | "member" | "admin" | "operator";
        };
        /**
         * Part
         * @description What a difference is about, in the order in which they are told.
         * @enum {string}
         */
        Part: "definition" | "parameters" | "environment" | "request" | "result" | "time";
        /**
         * PersonBody
         * @description Somebody who is logged in at the page.
         */
        PersonBody: {
            /**
             * Expires At
             * Format: date-time
             * @description When they are logged out at the latest.
             */
            expires_at: string;
            /** Id */
            id: string;
            /**
             * Is Current
             * @description Whether it is the session that asks.
             */
            is_current: boolean;
            /**
             * Last Used At
             * Format: date-time
             * @description To the minute.
             */
            last_used_at: string;
            /**
             * Logged In At
             * Format: date-time
             */
            logged_in_at: string;
            /** Name */
            name: string;
            role: components["schemas"]["Role"];
        };
        /**
         * PersonList
         * @description Those who are logged in and see this tenant.
         */
        PersonList: {
            /** Items */
            items: components["schemas"]["PersonBody"][];
        };
        /**
         * PlaceBody
         * @description Where a text stands: the bytes from `offset` to `end_offset`.
         */
        PlaceBody: {
            /**
             * Cut
             * @description The line is longer than `text`.
             */
            cut: boolean;
            /** End Offset */
            end_offset: number;
            /**
             * Line End
             * @description Where `text` ends, in bytes.
             */
            line_end: number;
            /**
             * Line Start
             * @description Where `text` begins, in bytes.
             */
            line_start: number;
            /**
             * Match End
             * @description Where it ends.
             */
            match_end: number;
            /**
             * Match Start
             * @description Where the place begins in `text`, in characters.
             */
            match_start: number;
            /** Offset */
            offset: number;
            /**
             * Text
             * @description The line, at most 512 bytes of it before and behind the place.
             */
            text: string;
        };
        /**
         * PreviewBody
         * @description What a bulk restart would do now; nothing was stored.
         */
        PreviewBody: {
            /**
             * Dry Run
             * @constant
             */
            dry_run: true;
            /**
             * Skipping
             * @description The first 50 that would not.
             */
            skipping: components["schemas"]["PreviewItemBody"][];
            /**
             * Starting
             * @description The first 50 that would be restarted.
             */
            starting: components["schemas"]["PreviewItemBody"][];
            /**
             * Total
             * @description Projects that match.
             */
            total: number;
            /**
             * Would Skip
             * @description Projects that would be left out, by code.
             */
            would_skip: {
                [key: string]: number;
            };
            /** Would Start */
            would_start: number;
        };
        /**
         * PreviewItemBody
         * @description A project that matches, with its newest run; `code` and `why` say why it would be left out.
         */
        PreviewItemBody: {
            /** Code */
            code: string | null;
            outcome: components["schemas"]["Outcome"] | null;
            /** Project Id */
            project_id: string;
            /** Project Name */
            project_name: string;
            reason: components["schemas"]["Reason"] | null;
            /** Run Id */
            run_id: string;
            state: components["schemas"]["RunState"];
            /** Why */
            why: string | null;
        };
        /**
         * Problem
         * @description What every error is. Further fields depend on `code`.
         */
        Problem: {
            /**
             * Code
             * @description Stable; for machines.
             */
            code: string;
            /**
             * Detail
             * @description A sentence that says what to do.
             */
            detail: string;
            /**
             * Problems
             * @description With `invalid_request`.
             * @default []
             */
            problems: components["schemas"]["FieldProblemBody"][];
            /** Status */
            status: number;
            /** Title */
            title: string;
            /** Type */
            type: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * ProgramBody
         * @description A program.
         */
        ProgramBody: {
            /** Argv */
            argv: string[];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Env */
            env: {
                [key: string]: string;
            };
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Parameters Schema */
            parameters_schema: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Working Directory */
            working_directory: string | null;
        };
        /**
         * ProgramList
         * @description Every program.
         */
        ProgramList: {
            /** Items */
            items: components["schemas"]["ProgramBody"][];
        };
        /**
         * ProgramRequest
         * @description A program that tenants may run. Parts of argv may hold `{name}`, filled from parameters.
         */
        ProgramRequest: {
            /**
             * Argv
             * @description Program and arguments, executed without a shell.
             */
            argv: string[];
            /**
             * Env
             * @description Variables for the program; 64 KiB in all.
             */
            env?: {
                [key: string]: string;
            };
            /**
             * Name
             * @description 1 to 200 characters, no control characters.
             */
            name: string;
            /**
             * Parameters Schema
             * @description JSON Schema that a project's parameters must meet.
             */
            parameters_schema?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Working Directory */
            working_directory?: string | null;
        };
        /**
         * ProjectBody
         * @description A definition with its newest run. The `execution_*` fields are those of `latest_run`, null before the first.
         */
        ProjectBody: {
            /** @description What a new workspace is filled with. */
            code: components["schemas"]["CodeBody"] | null;
            /** Command */
            command: string[] | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Definition Version
             * @description Counts changes from 1; runs name it.
             */
            definition_version: number;
            /**
             * Env
             * @description Viewers see names, with *** for every value.
             */
            env: {
                [key: string]: string;
            };
            /** Execution Completed At */
            execution_completed_at: string | null;
            /** Execution Error */
            execution_error: string | null;
            /** Execution Started At */
            execution_started_at: string | null;
            execution_status: components["schemas"]["RunState"] | null;
            /** Id */
            id: string;
            latest_run: components["schemas"]["RunBody"] | null;
            limits: components["schemas"]["LimitsBody"];
            /**
             * Log Limit Bytes
             * @description Of its output so many bytes are kept, 0: all; null: what the installation says.
             */
            log_limit_bytes: number | null;
            /**
             * Max Runtime Seconds
             * @description After so long a run is stopped.
             */
            max_runtime_seconds: number | null;
            /** Name */
            name: string;
            on_stall: components["schemas"]["OnStall"];
            /** Parameters */
            parameters: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Program
             * @description The id of the operator's program.
             */
            program: string | null;
            /** @description Null: never. */
            restart_policy: components["schemas"]["RestartPolicyBody"] | null;
            /** @description The restart that is to come. */
            scheduled_restart: components["schemas"]["ScheduledRestartBody"] | null;
            stall_by: components["schemas"]["StallBy"];
            /**
             * Stall Seconds
             * @description After so long without a sign of life it is silent.
             */
            stall_seconds: number | null;
            stop: components["schemas"]["StopSettingsBody"];
            success_check: components["schemas"]["SuccessCheckBody"] | null;
            /**
             * Terminal
             * @description Whether both outputs are a terminal.
             */
            terminal: boolean;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /** Working Directory */
            working_directory: string | null;
        };
        /**
         * ProjectChange
         * @description A definition in place of another.
         */
        ProjectChange: {
            /** Command */
            command?: string[] | null;
            /**
             * Env
             * @description Variables for the program; 64 KiB in all.
             */
            env?: {
                [key: string]: string;
            };
            /**
             * Keep Parameters
             * @description What is stored stays, whatever `parameters` says: for who cannot hold its numbers.
             * @default false
             */
            keep_parameters: boolean;
            limits?: components["schemas"]["addon_portal__api__schemas__limits__LimitsRequest"];
            /** Log Limit Bytes */
            log_limit_bytes?: number | null;
            /** Max Runtime Seconds */
            max_runtime_seconds?: number | null;
            /**
             * Name
             * @description 1 to 200 characters, no control characters.
             */
            name: string;
            /**
             * On Stall
             * @description What follows when it stays silent for 10 s more.
             * @default warn
             * @enum {string}
             */
            on_stall: "warn" | "stop" | "restart";
            /**
             * Parameters
             * @description Given to the program as JSON in ADDON_PORTAL_PARAMETERS; 64 KiB.
             */
            parameters?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Program
             * @description Name or id of an operator's program.
             */
            program?: string | null;
            /** @description By default never. Not part of the definition: holds for every run that ends from now on. */
            restart_policy?: components["schemas"]["RestartPolicyRequest"] | null;
            /**
             * Seen At
             * @description `updated_at` of what was seen; refused where that has changed. Null: whatever it is.
             */
            seen_at?: string | null;
            /**
             * Stall By
             * @description What a sign of life is.
             * @default heartbeat
             * @enum {string}
             */
            stall_by: "heartbeat" | "output" | "either";
            /** Stall Seconds */
            stall_seconds?: number | null;
            stop?: components["schemas"]["StopSettingsRequest"];
            success_check?: components["schemas"]["SuccessCheckRequest"] | null;
            /**
             * Terminal
             * @description Both outputs are a terminal, for programs that hold back what they write otherwise.
             * @default false
             */
            terminal: boolean;
            /**
             * Working Directory
             * @description By default a workspace that the portal makes.
             */
            working_directory?: string | null;
        };
        /**
         * ProjectPage
         * @description Projects in the order that was asked for, by default newest first.
         */
        ProjectPage: {
            /** Items */
            items: components["schemas"]["ProjectBody"][];
            /**
             * Next Cursor
             * @description For the next page; null on the last.
             */
            next_cursor: string | null;
        };
        /**
         * ProjectRequest
         * @description A definition: either `command`, or a `program` of the operator's with `parameters`.
         */
        ProjectRequest: {
            /** Command */
            command?: string[] | null;
            /**
             * Env
             * @description Variables for the program; 64 KiB in all.
             */
            env?: {
                [key: string]: string;
            };
            limits?: components["schemas"]["addon_portal__api__schemas__limits__LimitsRequest"];
            /** Log Limit Bytes */
            log_limit_bytes?: number | null;
            /** Max Runtime Seconds */
            max_runtime_seconds?: number | null;
            /**
             * Name
             * @description 1 to 200 characters, no control characters.
             */
            name: string;
            /**
             * On Stall
             * @description What follows when it stays silent for 10 s more.
             * @default warn
             * @enum {string}
             */
            on_stall: "warn" | "stop" | "restart";
            /**
             * Parameters
             * @description Given to the program as JSON in ADDON_PORTAL_PARAMETERS; 64 KiB.
             */
            parameters?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Program
             * @description Name or id of an operator's program.
             */
            program?: string | null;
            /** @description By default never. Not part of the definition: holds for every run that ends from now on. */
            restart_policy?: components["schemas"]["RestartPolicyRequest"] | null;
            /**
             * Stall By
             * @description What a sign of life is.
             * @default heartbeat
             * @enum {string}
             */
            stall_by: "heartbeat" | "output" | "either";
            /** Stall Seconds */
            stall_seconds?: number | null;
            stop?: components["schemas"]["StopSettingsRequest"];
            success_check?: components["schemas"]["SuccessCheckRequest"] | null;
            /**
             * Terminal
             * @description Both outputs are a terminal, for programs that hold back what they write otherwise.
             * @default false
             */
            terminal: boolean;
            /**
             * Working Directory
             * @description By default a workspace that the portal makes.
             */
            working_directory?: string | null;
        };
        /**
         * ProjectSort
         * @description What a list of projects goes by.
         * @enum {string}
         */
        ProjectSort: "created" | "name" | "changed" | "run";
        /**
         * ReadyBody
         * @description The database answers.
         */
        ReadyBody: {
            /**
             * Status
             * @constant
             */
            status: "ready";
            supervisor: components["schemas"]["SupervisorBody"];
        };
        /**
         * Reason
         * @description Why a run is in its final state.
         * @enum {string}
         */
        Reason: "succeeded" | "exit_code" | "signal" | "out_of_memory" | "timed_out" | "stalled" | "could_not_start" | "check_failed" | "launch_interrupted" | "executor_lost" | "outcome_unknown" | "host_restarted" | "stopped_by_person" | "replaced" | "withdrawn";
        /**
         * RestartCause
         * @description Who wants a restart that is to come.
         * @enum {string}
         */
        RestartCause: "request" | "policy" | "stall";
        /**
         * RestartMode
         * @description After which endings a project wants its runs restarted.
         * @enum {string}
         */
        RestartMode: "never" | "on-failure" | "always";
        /**
         * RestartPolicyBody
         * @description When runs of the project are restarted without being asked for.
         */
        RestartPolicyBody: {
            /** Factor */
            factor: number;
            /** Initial Seconds */
            initial_seconds: number;
            /** Jitter */
            jitter: number;
            /** Max Restarts */
            max_restarts: number;
            /** Max Seconds */
            max_seconds: number;
            mode: components["schemas"]["RestartMode"];
            /** Reasons */
            reasons: components["schemas"]["Reason"][] | null;
            /** Unknown */
            unknown: boolean;
            /** Window Seconds */
            window_seconds: number | null;
        };
        /**
         * RestartPolicyRequest
         * @description When runs of the project are restarted without being asked for; with `mode: never` they are not.
         */
        RestartPolicyRequest: {
            /**
             * Factor
             * @description Each pause is so much longer.
             * @default 2
             */
            factor: number;
            /**
             * Initial Seconds
             * @description The first pause.
             * @default 1
             */
            initial_seconds: number;
            /**
             * Jitter
             * @description The part of a pause that chance may take away.
             * @default 0.2
             */
            jitter: number;
            /**
             * Max Restarts
             * @description Restarts in a row; a run or restart that is asked for begins anew.
             * @default 3
             */
            max_restarts: number;
            /**
             * Max Seconds
             * @description No pause is longer.
             * @default 300
             */
            max_seconds: number;
            /**
             * Mode
             * @description After which endings. A run that was stopped or withdrawn is never restarted.
             * @enum {string}
             */
            mode: "never" | "on-failure" | "always";
            /**
             * Reasons
             * @description Only failures for these reasons; null: all.
             */
            reasons?: ("exit_code" | "signal" | "out_of_memory" | "timed_out" | "stalled" | "could_not_start" | "check_failed" | "launch_interrupted" | "executor_lost")[] | null;
            /**
             * Unknown
             * @description Also where nobody knows how the run ended.
             * @default false
             */
            unknown: boolean;
            /**
             * Window Seconds
             * @description Only those within so long count; null: all.
             */
            window_seconds?: number | null;
        };
        /**
         * RestartRequest
         * @description How a restart is to be made. With an empty body: the same again, in the same directory.
         */
        RestartRequest: {
            /**
             * Confirm
             * @description Restart although leftovers of the run before may be alive.
             * @default false
             */
            confirm: boolean;
            /**
             * Definition
             * @description What ran, with its parameters and environment; or the project's newest definition.
             * @default pinned
             * @enum {string}
             */
            definition: "pinned" | "latest";
            /**
             * Env
             * @description Laid over the definition's environment.
             */
            env?: {
                [key: string]: string;
            } | null;
            /** Note */
            note?: string | null;
            /**
             * Parameters
             * @description Laid over the definition's parameters.
             */
            parameters?: {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /**
             * Run Id
             * @description The run that is meant; by default the newest.
             */
            run_id?: string | null;
            /**
             * When Running
             * @description Refuse while a run is active; or stop it, and make the new one as it ends.
             * @default refuse
             * @enum {string}
             */
            when_running: "refuse" | "stop_first";
            /**
             * Workspace
             * @description The directory of the run before, or a new empty one.
             * @default keep
             * @enum {string}
             */
            workspace: "keep" | "clean";
        };
        /**
         * RetentionBody
         * @description One pass. `report` counts what was removed, with the first 100 items and what could not be removed.
         */
        RetentionBody: {
            /**
             * Completed At
             * @description Null while the supervisor has not answered.
             */
            completed_at: string | null;
            /** Dry Run */
            dry_run: boolean;
            /** Id */
            id: string;
            /** Report */
            report: {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /**
             * Requested At
             * Format: date-time
             */
            requested_at: string;
            /** Requested By */
            requested_by: string;
        };
        /**
         * RetentionRequest
         * @description What is to be done.
         */
        RetentionRequest: {
            /**
             * Dry Run
             * @description Remove nothing, and tell what would be removed.
             * @default false
             */
            dry_run: boolean;
        };
        /**
         * Role
         * @description What the holder of a credential may do; each includes those before it.
         * @enum {string}
         */
        Role: "viewer" | "member" | "admin" | "operator";
        /**
         * RunBody
         * @description One execution of a project: at most one process tree, ever. Times are UTC.
         */
        RunBody: {
            /** Claimed At */
            claimed_at: string | null;
            /**
             * Condition Detail
             * @description What stands behind its health, or why it has not started yet.
             */
            condition_detail: string | null;
            /** Definition Version */
            definition_version: number;
            /**
             * Ended At
             * @description When the program ended. Null where nobody saw the moment, also where its code was learnt from the kernel afterwards: it had ended by `finished_at`. Null as well where no program was started.
             */
            ended_at: string | null;
            /**
             * Execution Error
             * @description The message of a run that did not succeed.
             */
            execution_error: string | null;
            /** @description The same as `state`. */
            execution_status: components["schemas"]["RunState"];
            /**
             * Exit Code
             * @description 0 to 255; null if a signal ended it.
             */
            exit_code: number | null;
            /**
             * Finished At
             * @description When the run became final in the books: later than `ended_at`, if at all.
             */
            finished_at: string | null;
            /** @description Of an active run: the first of `health_all`. */
            health: components["schemas"]["Health"] | null;
            /**
             * Health All
             * @description All that holds, most important first.
             */
            health_all: components["schemas"]["Health"][];
            /**
             * Host Name
             * @description The machine that it is for.
             */
            host_name: string;
            /**
             * Last Heartbeat At
             * @description When the program last said anything of itself.
             */
            last_heartbeat_at: string | null;
            /**
             * Message
             * @description The reason as a sentence with its facts.
             */
            message: string | null;
            /**
             * Needs Confirmation
             * @description Whether a restart has to say `confirm`, since leftovers of it may still be alive.
             */
            needs_confirmation: boolean;
            /**
             * Next Step
             * @description What to try next.
             */
            next_step: string | null;
            /** @description What stands against it; null where it would be accepted. */
            not_restartable_because: components["schemas"]["ObstacleBody"] | null;
            /** Note */
            note: string | null;
            /**
             * Number
             * @description Counts the project's runs from 1.
             */
            number: number;
            /**
             * Observed At
             * @description When what is said of an active run was last checked.
             */
            observed_at: string | null;
            /** @description Of a completed or failed run; unknown is not failure. */
            outcome: components["schemas"]["Outcome"] | null;
            /**
             * Parameters
             * @description Those of this run, all of them.
             */
            parameters: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Progress
             * @description What the program says: from 0 to 1.
             */
            progress: number | null;
            /** Project Id */
            project_id: string;
            /** Project Name */
            project_name: string;
            /**
             * Queue Position
             * @description Among the tenant's own pending runs of its host, from 1.
             */
            queue_position: number | null;
            /** @description Why it ended; of a final run. */
            reason: components["schemas"]["Reason"] | null;
            /**
             * Requested At
             * Format: date-time
             */
            requested_at: string;
            /** Requested By */
            requested_by: string;
            /** Restart Count */
            restart_count: number;
            /** Restart Of */
            restart_of: string | null;
            /**
             * Restartable
             * @description Whether a restart of its project would be accepted now.
             */
            restartable: boolean;
            /** Restarted By */
            restarted_by: string | null;
            /**
             * Root Run
             * @description The first run of the chain of restarts.
             */
            root_run: string | null;
            /** Run Id */
            run_id: string;
            /** @description The restart that is to follow it. */
            scheduled_restart: components["schemas"]["ScheduledRestartBody"] | null;
            /**
             * Signal
             * @description The number of the signal that ended it.
             */
            signal: number | null;
            /** Signal Name */
            signal_name: string | null;
            /**
             * Silent Since
             * @description Of a silent run: when the last sign of life came that its project counts.
             */
            silent_since: string | null;
            /** Started At */
            started_at: string | null;
            state: components["schemas"]["RunState"];
            /**
             * Status Text
             * @description What the program says it does.
             */
            status_text: string | null;
            /**
             * Stop Deadline At
             * @description When the kill follows the polite signal.
             */
            stop_deadline_at: string | null;
            /** Stop Requested At */
            stop_requested_at: string | null;
            /** Stop Requested By */
            stop_requested_by: string | null;
            /**
             * Tree
             * @description Whether everything it started is proven gone.
             */
            tree: ("proven" | "assumed") | null;
            /**
             * Trigger
             * @description What made it: somebody, or the project.
             * @enum {string}
             */
            trigger: "request" | "schedule" | "restart_policy";
            /**
             * Waiting For
             * @description What a pending run waits for.
             */
            waiting_for: string | null;
            /**
             * Workspace
             * @description Below the workspaces; null where the project names its own.
             */
            workspace: string | null;
        };
        /**
         * RunPage
         * @description Runs, newest first.
         */
        RunPage: {
            /** Items */
            items: components["schemas"]["RunBody"][];
            /**
             * Next Cursor
             * @description For the next page; null on the last.
             */
            next_cursor: string | null;
        };
        /**
         * RunRequest
         * @description What a new run may differ in from its project's definition.
         */
        RunRequest: {
            /**
             * Env
             * @description Laid over the definition's environment.
             */
            env?: {
                [key: string]: string;
            } | null;
            /** Note */
            note?: string | null;
            /**
             * Parameters
             * @description Laid over the definition's parameters.
             */
            parameters?: {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
        };
        /**
         * RunState
         * @description Where a run is. `SENTENCES` has a paragraph for each.
         * @enum {string}
         */
        RunState: "pending" | "starting" | "running" | "stopping" | "completed" | "failed" | "cancelled";
        /**
         * ScheduleBody
         * @description When a project runs by itself, and what became of that so far.
         */
        ScheduleBody: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Cron
             * @description Minute, hour, day, month, day of the week, with names, ranges, steps and lists, as Debian's cron has them; or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.
             */
            cron: string;
            last: components["schemas"]["ScheduleEventBody"] | null;
            /**
             * Missed
             * @description Times at which nobody was there, whether made up for or not.
             */
            missed: number;
            /**
             * Next Times
             * @description The next five; none while it is paused.
             */
            next_times: components["schemas"]["TimeBody"][];
            /** Paused */
            paused: boolean;
            /** Paused At */
            paused_at: string | null;
            /** Paused By */
            paused_by: string | null;
            /** Project Id */
            project_id: string;
            /** Project Name */
            project_name: string;
            /**
             * Queued For
             * @description The time that waits for the end of a run.
             */
            queued_for: string | null;
            /**
             * Refused
             * @description Times at which the project might not run.
             */
            refused: number;
            /**
             * Skipped
             * @description Times at which the project was running.
             */
            skipped: number;
            /**
             * Started
             * @description Runs that it has made.
             */
            started: number;
            /**
             * Time Zone
             * @description A time zone of the IANA database.
             */
            time_zone: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /** Updated By */
            updated_by: string;
            when_missed: components["schemas"]["WhenMissed"];
            when_running: components["schemas"]["WhenRunning"];
        };
        /**
         * ScheduledRestartBody
         * @description A restart that is to come.
         */
        ScheduledRestartBody: {
            /** @description A request, the project's policy, or its rule for silent runs. */
            cause: components["schemas"]["RestartCause"];
            /**
             * Due At
             * @description Null: as soon as the run before has ended.
             */
            due_at: string | null;
            /** Project Id */
            project_id: string;
            /** Restart Of */
            restart_of: string;
            /**
             * Run Id
             * @description What the new run will be called.
             */
            run_id: string;
            /**
             * Scheduled At
             * Format: date-time
             */
            scheduled_at: string;
            /** Scheduled By */
            scheduled_by: string;
            /**
             * Why
             * @description A sentence for people.
             */
            why: string;
        };
        /**
         * ScheduledRestartList
         * @description Restarts that are to come, those that are due first.
         */
        ScheduledRestartList: {
            /** Items */
            items: components["schemas"]["ScheduledRestartBody"][];
        };
        /**
         * ScheduleEventBody
         * @description What became of the last time.
         */
        ScheduleEventBody: {
            /**
             * At
             * Format: date-time
             * @description When that was decided.
             */
            at: string;
            /**
             * Due At
             * Format: date-time
             * @description The time that was meant.
             */
            due_at: string;
            result: components["schemas"]["ScheduleResult"];
            /** Run Id */
            run_id: string | null;
            /** Why */
            why: string | null;
        };
        /**
         * SchedulePage
         * @description Schedules, newest project first.
         */
        SchedulePage: {
            /** Items */
            items: components["schemas"]["ScheduleBody"][];
            /**
             * Next Cursor
             * @description For the next page; null on the last.
             */
            next_cursor: string | null;
        };
        /**
         * ScheduleRequest
         * @description When a project runs by itself.
         */
        ScheduleRequest: {
            /**
             * Cron
             * @description Minute, hour, day, month, day of the week, with names, ranges, steps and lists, as Debian's cron has them; or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.
             */
            cron: string;
            /**
             * Dry Run
             * @description Only show what it would be.
             * @default false
             */
            dry_run: boolean;
            /**
             * Time Zone
             * @description A time zone of the IANA database.
             * @default UTC
             */
            time_zone: string;
            /**
             * When Missed
             * @description After times at which nobody was there: wait for the next one, or run once at once.
             * @default skip
             * @enum {string}
             */
            when_missed: "skip" | "run_once";
            /**
             * When Running
             * @description At a time at which it runs: leave that time out, or run once more as soon as it has ended.
             * @default skip
             * @enum {string}
             */
            when_running: "skip" | "queue";
        };
        /**
         * ScheduleResult
         * @description What became of a time.
         * @enum {string}
         */
        ScheduleResult: "started" | "queued" | "skipped" | "missed" | "refused" | "called_off";
        /**
         * SeenTenant
         * @description A tenant by its names.
         */
        SeenTenant: {
            /** Id */
            id: string;
            /** Name */
            name: string;
        };
        /**
         * SessionBody
         * @description Who is calling, and what they see.
         */
        SessionBody: {
            /**
             * Csrf Token
             * @description For the header X-CSRF-Token of requests with the cookie. Null for a key.
             */
            csrf_token: string | null;
            /**
             * Expires At
             * @description When they are logged out at the latest.
             */
            expires_at: string | null;
            /**
             * Name
             * @description What they do is recorded under it.
             */
            name: string;
            role: components["schemas"]["Role"];
            /** @description Whose things are seen. */
            tenant: components["schemas"]["SeenTenant"];
            /**
             * Tenants
             * @description Those that can be seen, oldest first.
             */
            tenants: components["schemas"]["SeenTenant"][];
            /**
             * Version
             * @description Of the portal.
             */
            version: string;
        };
        /**
         * SlotWidth
         * @description How long a stretch of time is of which numbers are told. Both begin with their hour and day of UTC.
         * @enum {string}
         */
        SlotWidth: "hour" | "day";
        /**
         * StallBy
         * @description What is a sign of life.
         * @enum {string}
         */
        StallBy: "heartbeat" | "output" | "either";
        /**
         * Standing
         * @description How a project's newest run stands. A run whose outcome nobody knows has not failed.
         * @enum {string}
         */
        Standing: "pending" | "starting" | "running" | "stopping" | "completed" | "failed" | "unknown" | "cancelled" | "never_run";
        /**
         * StatsBody
         * @description How runs went in [since, until).
         */
        StatsBody: {
            bucket: components["schemas"]["SlotWidth"];
            /**
             * Buckets
             * @description Oldest first, also those without any run.
             */
            buckets: components["schemas"]["BucketBody"][];
            /** Project Id */
            project_id: string | null;
            /**
             * Since
             * Format: date-time
             */
            since: string;
            total: components["schemas"]["TotalBody"];
            /**
             * Until
             * Format: date-time
             */
            until: string;
        };
        /**
         * StatusBody
         * @description The tenant's numbers at a glance.
         */
        StatusBody: {
            active_runs: components["schemas"]["ActiveRunsBody"];
            /**
             * Failed
             * @description The newest failures, last ended first.
             */
            failed: components["schemas"]["RunBody"][];
            health: components["schemas"]["HealthBody"];
            last_24_hours: components["schemas"]["FinishedBody"];
            /**
             * Observed At
             * @description When somebody last looked after the runs.
             */
            observed_at: string | null;
            /** Projects */
            projects: number;
            /**
             * Running
             * @description What has been claimed, newest first.
             */
            running: components["schemas"]["RunBody"][];
            /**
             * Unreachable
             * @description Nobody does now; states are as of `observed_at`.
             */
            unreachable: boolean;
            /**
             * Waiting
             * @description What is pending, first asked for first.
             */
            waiting: components["schemas"]["RunBody"][];
        };
        /**
         * StopRequest
         * @description How a run is to be stopped.
         */
        StopRequest: {
            /**
             * Grace Seconds
             * @description By default the project's; by default as much as is left where the run is to end already.
             */
            grace_seconds?: number | null;
            /** Note */
            note?: string | null;
            /**
             * Run Id
             * @description The run that is meant; by default the newest.
             */
            run_id?: string | null;
        };
        /**
         * StopSettingsBody
         * @description How the program is asked to end.
         */
        StopSettingsBody: {
            /** Grace Seconds */
            grace_seconds: number;
            /** Signal */
            signal: string;
        };
        /**
         * StopSettingsRequest
         * @description How the program is asked to end.
         */
        StopSettingsRequest: {
            /**
             * Grace Seconds
             * @description By default the installation's.
             */
            grace_seconds?: number | null;
            /**
             * Signal
             * @description The polite signal.
             * @default SIGTERM
             * @enum {string}
             */
            signal: "SIGTERM" | "SIGINT" | "SIGHUP" | "SIGQUIT" | "SIGUSR1" | "SIGUSR2" | "SIGABRT" | "SIGALRM" | "SIGWINCH" | "SIGKILL";
        };
        /**
         * SuccessCheckBody
         * @description What must hold after exit code 0.
         */
        SuccessCheckBody: {
            /** Command */
            command: string[] | null;
            /** File */
            file: string | null;
            /** Output Lacks */
            output_lacks: string | null;
            /** Output Matches */
            output_matches: string | null;
            /** Timeout Seconds */
            timeout_seconds: number;
        };
        /**
         * SuccessCheckRequest
         * @description What must hold after exit code 0; at least one thing. Otherwise the run has failed with `check_failed`.
         */
        SuccessCheckRequest: {
            /**
             * Command
             * @description Ends with 0, in the run's directory and environment; no shell.
             */
            command?: string[] | null;
            /**
             * File
             * @description A file that is there, seen from the run's directory.
             */
            file?: string | null;
            /**
             * Output Lacks
             * @description One that no line of the output matches.
             */
            output_lacks?: string | null;
            /**
             * Output Matches
             * @description A regular expression that a line of the output matches.
             */
            output_matches?: string | null;
            /**
             * Timeout Seconds
             * @description For all of it; longer is failed.
             * @default 60
             */
            timeout_seconds: number;
        };
        /**
         * SupervisorBody
         * @description Whether somebody looks after the runs.
         */
        SupervisorBody: {
            /** Observed At */
            observed_at: string | null;
            /** Unreachable */
            unreachable: boolean;
        };
        /**
         * TenantBody
         * @description A tenant.
         */
        TenantBody: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Id */
            id: string;
            /** Max Concurrent Runs */
            max_concurrent_runs: number | null;
            /** May Run Own Commands */
            may_run_own_commands: boolean;
            /** Name */
            name: string;
        };
        /**
         * TenantChoice
         * @description Whose things an operator wants to see.
         */
        TenantChoice: {
            /**
             * Tenant
             * @description Name or identifier.
             */
            tenant: string;
        };
        /**
         * TenantList
         * @description Every tenant.
         */
        TenantList: {
            /** Items */
            items: components["schemas"]["TenantBody"][];
        };
        /**
         * TenantRequest
         * @description A new tenant.
         */
        TenantRequest: {
            /**
             * Max Concurrent Runs
             * @description Runs active at once; more wait. Null: no limit.
             */
            max_concurrent_runs?: number | null;
            /**
             * May Run Own Commands
             * @description Or only the operator's programs.
             * @default true
             */
            may_run_own_commands: boolean;
            /**
             * Name
             * @description 1 to 200 characters, no control characters.
             */
            name: string;
        };
        /**
         * TimeBody
         * @description A time to come.
         */
        TimeBody: {
            /**
             * At
             * Format: date-time
             * @description UTC.
             */
            at: string;
            /**
             * Local
             * Format: date-time
             * @description The same by the clocks of the time zone.
             */
            local: string;
        };
        /**
         * TimesBody
         * @description Times to come.
         */
        TimesBody: {
            /**
             * Next Times
             * @description The next five.
             */
            next_times: components["schemas"]["TimeBody"][];
        };
        /**
         * TotalBody
         * @description What became final in all of the time.
         */
        TotalBody: {
            /** Cancelled */
            cancelled: number;
            /** Completed */
            completed: number;
            /**
             * Failed
             * @description Those whose outcome is not known are not among them.
             */
            failed: number;
            /**
             * Median Seconds
             * @description Half of them took no longer.
             */
            median_seconds: number | null;
            /**
             * P95 Seconds
             * @description 95 of 100 took no longer.
             */
            p95_seconds: number | null;
            /**
             * Unknown
             * @description State `failed`, outcome `unknown`.
             */
            unknown: number;
        };
        /**
         * UsageBody
         * @description What a run has used over time.
         */
        UsageBody: {
            /**
             * Cpu From
             * @description `control_group`: by the kernel, for all members of the run's group. `processes`: added up over the processes there were; pages that several of them share are counted in each.
             */
            cpu_from: ("processes" | "control_group") | null;
            /**
             * Cpu Seconds
             * @description Processor time up to now, or up to the end.
             */
            cpu_seconds: number | null;
            /**
             * Final
             * @description Nothing more will ever come.
             */
            final: boolean;
            /**
             * Interval Seconds
             * @description How often the run is looked at now; grows with its age.
             */
            interval_seconds: number | null;
            /**
             * Memory From
             * @description `control_group`: by the kernel, for all members of the run's group. `processes`: added up over the processes there were; pages that several of them share are counted in each.
             */
            memory_from: ("processes" | "control_group") | null;
            /**
             * Peak Memory Bytes
             * @description The most of all samples, or the program's own at its end where that was more.
             */
            peak_memory_bytes: number | null;
            /** Points */
            points: components["schemas"]["UsagePointBody"][];
            /** Run Id */
            run_id: string;
            /**
             * Unsampled Since
             * @description Since when nobody has looked any more, although the run went on.
             */
            unsampled_since: string | null;
            /**
             * Why Nothing
             * @description Why there are no points.
             */
            why_nothing: string | null;
        };
        /**
         * UsagePointBody
         * @description A stretch of time, from the point before (or from the start of the program) to `at`.
         */
        UsagePointBody: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /**
             * Cpu Seconds
             * @description Processor time since the start of the program.
             */
            cpu_seconds: number;
            /**
             * Cpus
             * @description Processors that were busy on average in the stretch; null where unknown.
             */
            cpus: number | null;
            /**
             * Memory Bytes
             * @description The most that was seen in the stretch.
             */
            memory_bytes: number;
            /**
             * Processes
             * @description The most that were seen in the stretch.
             */
            processes: number;
            /**
             * Unsampled Seconds
             * @description So much of the stretch nobody has looked: draw no line through it. Processor time is true.
             */
            unsampled_seconds: number;
        };
        /**
         * WebhookBody
         * @description A webhook without its secret.
         */
        WebhookBody: {
            channel: components["schemas"]["ChannelKind"];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Created By */
            created_by: string;
            /** Disabled At */
            disabled_at: string | null;
            /** Disabled Why */
            disabled_why: string | null;
            /** Enabled */
            enabled: boolean;
            /** Events */
            events: components["schemas"]["Fact"][];
            /** Id */
            id: string;
            /** Name */
            name: string;
            /**
             * Previous Secret Until
             * @description Until then messages are signed with the secret before this one too.
             */
            previous_secret_until: string | null;
            /**
             * Project Id
             * @description Null: every project of the tenant.
             */
            project_id: string | null;
            /** Url */
            url: string;
        };
        /**
         * WebhookChange
         * @description A webhook as it is to be from now on.
         */
        WebhookChange: {
            /**
             * Events
             * @description What to tell.
             */
            events?: string[];
            /**
             * Name
             * @description 1 to 200 characters, no control characters.
             */
            name: string;
            /** Project Id */
            project_id?: string | null;
            /**
             * Url
             * @description Null, or left out: the one it has.
             */
            url?: string | null;
        };
        /**
         * WebhookPage
         * @description A page of webhooks.
         */
        WebhookPage: {
            /** Items */
            items: components["schemas"]["WebhookBody"][];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * WebhookRequest
         * @description A new webhook.
         */
        WebhookRequest: {
            /**
             * @description `webhook`: signed posts. `apprise`: e-mail or a chat, where the operator has Apprise installed.
             * @default webhook
             */
            channel: components["schemas"]["ChannelKind"];
            /**
             * Events
             * @description What to tell.
             */
            events?: string[];
            /**
             * Name
             * @description 1 to 200 characters, no control characters.
             */
            name: string;
            /** Project Id */
            project_id?: string | null;
            /**
             * Url
             * @description Where messages are posted; for `apprise` an address of Apprise, of which only the kind is shown.
             */
            url: string;
        };
        /**
         * WhenMissed
         * @description What is done about times that were missed.
         * @enum {string}
         */
        WhenMissed: "skip" | "run_once";
        /**
         * WhenRunning
         * @description What is done at a time at which the project is running.
         * @enum {string}
         */
        WhenRunning: "skip" | "queue";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    cleanup_stuck_projects: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Clean up stuck projects */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CleanupBody"];
                };
            };
            /** @description Asked for; the report will be at Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CleanupBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_cleanup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a clean-up. */
                cleanup_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get a clean-up */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CleanupBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_drain: {
        parameters: {
            query?: {
                host_id?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get the drain of a host */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HostBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_drain: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DrainRequest"];
            };
        };
        responses: {
            /** @description Drain a host */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HostBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_hosts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List hosts */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HostList"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_keys: {
        parameters: {
            query: {
                /** @description Name or identifier of a tenant. */
                tenant: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List keys */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyList"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyRequest"];
            };
        };
        responses: {
            /** @description Create a key */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedKeyBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_key: {
        parameters: {
            query: {
                /** @description Name or identifier of a tenant. */
                tenant: string;
            };
            header?: never;
            path: {
                /** @description Identifier of a key. */
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoke a key */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_limits: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["addon_portal__api__schemas__admin__LimitsRequest"];
            };
        };
        responses: {
            /** @description Change a tenant's limits */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_programs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List programs */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProgramList"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_program: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProgramRequest"];
            };
        };
        responses: {
            /** @description Create a program */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProgramBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    apply_retention: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RetentionRequest"];
            };
        };
        responses: {
            /** @description Apply retention */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetentionBody"];
                };
            };
            /** @description Asked for; see Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetentionBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_retention: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a pass of retention. */
                retention_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get a pass of retention */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetentionBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_tenants: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List tenants */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantList"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_tenant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TenantRequest"];
            };
        };
        responses: {
            /** @description Create a tenant */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get who is logged in */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    log_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LogInRequest"];
            };
        };
        responses: {
            /** @description Log in */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    log_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Log out */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    switch_tenant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TenantChoice"];
            };
        };
        responses: {
            /** @description Switch to another tenant */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_code_request: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a request for code. */
                request_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get a request for code */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CodeRequestBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    follow_events: {
        parameters: {
            query?: never;
            header?: {
                /** @description The id of the last event that was seen. */
                "last-event-id"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Follow what happens */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_own_keys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List the tenant's keys */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyList"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_own_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OwnKeyRequest"];
            };
        };
        responses: {
            /** @description Create a key of the tenant */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedKeyBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_own_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a key. */
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoke a key of the tenant */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_last_lines: {
        parameters: {
            query: {
                /** @description May be repeated. */
                run: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Read the last lines of several runs */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LastLinesBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_login_link: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginLinkRequest"];
            };
        };
        responses: {
            /** @description Invite somebody */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginLinkBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_offered_programs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List what may be run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OfferBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_projects: {
        parameters: {
            query?: {
                /** @description The newest run failed, ended unseen, or is silent, overdue or unsupervised. */
                attention?: boolean;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
                /** @description How many to return at most. */
                limit?: number;
                /** @description Exactly this name. */
                name?: string | null;
                /** @description A part of the name, in any case. */
                search?: string | null;
                /** @description By name, or what is newest first: the project, its last change, its newest run. */
                sort?: components["schemas"]["ProjectSort"];
                /** @description How the newest run stands; may be repeated. `failed` leaves `unknown` ends out. */
                standing?: components["schemas"]["Standing"][];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List projects */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectPage"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_project: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectRequest"];
            };
        };
        responses: {
            /** @description Create a project */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_project: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get a project */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_project: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectChange"];
            };
        };
        responses: {
            /** @description Change a project */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_project: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete a project */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_archive: {
        parameters: {
            query?: {
                /** @description A directory, from the workspace on. */
                path?: string;
                /** @description Of this run's workspace instead of the newest's. */
                run_id?: string | null;
            };
            header?: never;
            path: {
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Download a project's files as an archive */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/gzip": string;
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    fetch_code: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CodeFromGit"];
            };
        };
        responses: {
            /** @description Fetch a project's code with git */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CodeRequestBody"];
                };
            };
            /** @description Asked for; what comes of it will be at Location */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CodeRequestBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_files: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
                /** @description How many to return at most. */
                limit?: number;
                /** @description A directory, from the workspace on. */
                path?: string;
                /** @description Of this run's workspace instead of the newest's. */
                run_id?: string | null;
            };
            header?: never;
            path: {
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List files */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FilePageBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    upload_files: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        /** @description A zip, tar, tar.gz, tar.bz2 or tar.xz; its content says which, not its type. */
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Upload a project's code */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_file: {
        parameters: {
            query?: never;
            header?: {
                range?: string | null;
            };
            path: {
                /** @description From the workspace on. */
                path: string;
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Download a file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The range that was asked for */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    head_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description From the workspace on. */
                path: string;
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get the size of a file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The range that was asked for */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restart_project: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating the request with the same key within 24 hours has no second effect. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RestartRequest"];
            };
        };
        responses: {
            /** @description Restart a project */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    run_project: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating the request with the same key within 24 hours has no second effect. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RunRequest"];
            };
        };
        responses: {
            /** @description Run a project */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_project_runs: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
                /** @description Became final at or after this time; then the last to end comes first. */
                finished_since?: string | null;
                /** @description Became final before this time. */
                finished_until?: string | null;
                /** @description How many to return at most. */
                limit?: number;
                /** @description Ended for any of these reasons; may be repeated. */
                reason?: components["schemas"]["Reason"][];
                /** @description Asked for at or after this time. */
                since?: string | null;
                /** @description In any of these states; may be repeated. */
                state?: components["schemas"]["RunState"][];
                /** @description Asked for before this time. */
                until?: string | null;
            };
            header?: never;
            path: {
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List the runs of a project */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunPage"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_schedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get a schedule */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_schedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScheduleRequest"];
            };
        };
        responses: {
            /** @description Give a project a schedule */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_schedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Take a schedule away */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pause_schedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Pause a schedule */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resume_schedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Resume a schedule */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    call_off_restart: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Call a restart off */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bring_restart_forward: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating the request with the same key within 24 hours has no second effect. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Bring a restart forward */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stop_project: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating the request with the same key within 24 hours has no second effect. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description Identifier of a project. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StopRequest"];
            };
        };
        responses: {
            /** @description Stop a project */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_bulk_restarts: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
                /** @description How many to return at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List bulk restarts */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkRestartPage"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restart_many: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating the request with the same key within 24 hours has no second effect. */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BulkRestartRequest"];
            };
        };
        responses: {
            /** @description With dry_run: what would be done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewBody"];
                };
            };
            /** @description Restart many projects */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkRestartBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_bulk_restart: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a bulk restart. */
                bulk_restart_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get a bulk restart */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkRestartBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    abort_bulk_restart: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a bulk restart. */
                bulk_restart_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Abort a bulk restart */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkRestartBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_restarted_projects: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
                /** @description How many to return at most. */
                limit?: number;
                /** @description In any of these states; may be repeated. */
                state?: components["schemas"]["ItemState"][];
            };
            header?: never;
            path: {
                /** @description Identifier of a bulk restart. */
                bulk_restart_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List the projects of a bulk restart */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkItemPage"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_runs: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
                /** @description Became final at or after this time; then the last to end comes first. */
                finished_since?: string | null;
                /** @description Became final before this time. */
                finished_until?: string | null;
                /** @description How many to return at most. */
                limit?: number;
                /** @description Ended for any of these reasons; may be repeated. */
                reason?: components["schemas"]["Reason"][];
                /** @description Asked for at or after this time. */
                since?: string | null;
                /** @description In any of these states; may be repeated. */
                state?: components["schemas"]["RunState"][];
                /** @description Asked for before this time. */
                until?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List runs */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunPage"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_run: {
        parameters: {
            query?: {
                /** @description Answer when the run is final, or after this time. */
                wait_seconds?: number;
            };
            header?: never;
            path: {
                /** @description Identifier of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get a run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    compare_runs: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a run. */
                other_run_id: string;
                /** @description Identifier of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Compare two runs */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ComparisonBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_evidence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get the evidence of a run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EvidenceBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_changes: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
                /** @description How many to return at most. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description Identifier of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List what a run changed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_run_file: {
        parameters: {
            query?: never;
            header?: {
                range?: string | null;
            };
            path: {
                /** @description From the workspace on. */
                path: string;
                /** @description Identifier of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Download a file of a run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The range that was asked for */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    head_run_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description From the workspace on. */
                path: string;
                /** @description Identifier of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get the size of a file of a run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The range that was asked for */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_log: {
        parameters: {
            query?: {
                /** @description Bytes at most. */
                limit?: number;
                /** @description In bytes; before `first_offset` it is taken for that. */
                offset?: number;
            };
            header?: never;
            path: {
                /** @description Identifier of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Read the output of a run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_raw_log: {
        parameters: {
            query?: never;
            header?: {
                range?: string | null;
            };
            path: {
                /** @description Identifier of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get the raw output of a run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description The range that was asked for */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    head_raw_log: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get the raw output of a run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description The range that was asked for */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    search_log: {
        parameters: {
            query: {
                /** @description Whether `a` is another letter than `A`. */
                case?: "exact" | "ignore";
                /** @description Forwards, or backwards. */
                direction?: "next" | "previous";
                /** @description In bytes: `next` finds what begins there or behind, `previous` what begins before. By default the beginning, and the end. */
                from?: number | null;
                /** @description How many to return at most. */
                limit?: number;
                /** @description The text, as it is; no expression. */
                q: string;
            };
            header?: never;
            path: {
                /** @description Identifier of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Search the output of a run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogSearchBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    find_log_times: {
        parameters: {
            query: {
                /** @description The first byte. */
                from?: number;
                /** @description Times at most; of more some are left out. */
                limit?: number;
                /** @description The byte behind the last one. */
                to: number;
            };
            header?: never;
            path: {
                /** @description Identifier of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Tell when the output of a run came */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogTimesBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_usage: {
        parameters: {
            query?: {
                /** @description Points at most. */
                points?: number;
            };
            header?: never;
            path: {
                /** @description Identifier of a run. */
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get what a run has used */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_scheduled_restarts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List restarts that are to come */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduledRestartList"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_schedules: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
                /** @description How many to return at most. */
                limit?: number;
                /** @description Of this project alone. */
                project_id?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List schedules */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SchedulePage"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List who is logged in */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonList"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    end_other_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Log all others out */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndedBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    end_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a session. */
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Log somebody out */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_stats: {
        parameters: {
            query?: {
                /** @description Numbers of each hour, or of each day, of UTC. */
                bucket?: components["schemas"]["SlotWidth"];
                /** @description Of this project only. */
                project_id?: string | null;
                /** @description Its whole hour or day; by default 24 hours or 30 days before `until`. */
                since?: string | null;
                /** @description To the end of its hour or day; by default now. */
                until?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get numbers over time */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatsBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_status: {
        parameters: {
            query?: {
                /** @description Runs in each of the three lists at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get the tenant's numbers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_timetable: {
        parameters: {
            query: {
                /** @description Minute, hour, day, month, day of the week, with names, ranges, steps and lists, as Debian's cron has them; or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. */
                cron: string;
                /** @description A time zone of the IANA database. */
                time_zone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Tell when a schedule would be due */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TimesBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_webhooks: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
                /** @description How many to return at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List webhooks */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookPage"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookRequest"];
            };
        };
        responses: {
            /** @description Create a webhook */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedWebhookBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a webhook. */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get a webhook */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a webhook. */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookChange"];
            };
        };
        responses: {
            /** @description Change a webhook */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a webhook. */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete a webhook */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_deliveries: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
                /** @description How many to return at most. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description Identifier of a webhook. */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List deliveries */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryPage"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_delivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a message, its `webhook-id`. */
                delivery_id: string;
                /** @description Identifier of a webhook. */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get a delivery */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryDetailBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deliver_again: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a message, its `webhook-id`. */
                delivery_id: string;
                /** @description Identifier of a webhook. */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deliver again */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryDetailBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    disable_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a webhook. */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Disable a webhook */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    enable_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a webhook. */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Enable a webhook */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotate_secret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a webhook. */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Replace a webhook's secret */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedWebhookBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    send_test: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Identifier of a webhook. */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Send a test */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryDetailBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    is_alive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Does the process live */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AliveBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get metrics for Prometheus */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    is_ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Can it do its work */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadyBody"];
                };
            };
            /** @description A problem document */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
